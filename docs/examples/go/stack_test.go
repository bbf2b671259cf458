// go test stack_test.go: a stack of its own, on free ports, by the command elements-local
package stack

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

type object = map[string]any

type callbacks struct {
	Callbacks []struct {
		JSON struct {
			Message struct {
				Events []struct{ EventType, ObjectID string }
			}
		}
	}
}

var up = strings.Fields("up --json --platform-port 0 --crm-port 0 --sink-port 0")

func call[T any](t *testing.T, method, url, authorization string, body object) (answer T) {
	t.Helper()
	var content []byte
	if body != nil {
		content, _ = json.Marshal(body)
	}
	request, _ := http.NewRequest(method, url, bytes.NewReader(content))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", authorization)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	err = json.NewDecoder(response.Body).Decode(&answer)
	if err != nil || response.StatusCode > 299 {
		t.Fatalf("%s %s: %s %v %v", method, url, response.Status, answer, err)
	}
	return answer
}

func start(t *testing.T) (platform, crm, sink string) {
	t.Helper()
	stack := exec.Command("elements-local", up...)
	stack.Stderr = os.Stderr
	printed, _ := stack.StdoutPipe()
	if err := stack.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stack.Process.Signal(os.Interrupt); stack.Wait() })
	var at struct{ Platform, CRM, Sink string }
	if err := json.NewDecoder(printed).Decode(&at); err != nil { // comes when all three answer
		t.Fatal(err)
	}
	return strings.TrimSuffix(at.Platform, "/elements/api-v2"), at.CRM, at.Sink
}

func TestANewContactIsCalledBackAndItIsToldWhy(t *testing.T) {
	platform, crm, sink := start(t)
	workspace := call[object](t, "POST", platform+"/_local/workspaces", "", object{}) // a world of its own for each test
	user := fmt.Sprintf("User %s, Organization %s", workspace["user_secret"], workspace["organization_secret"])
	instance := call[object](t, "GET", platform+"/_local/instance-body", user, nil)
	call[object](t, "POST", platform+"/elements/api-v2/instances", user, instance)

	key := "Basic " + base64.StdEncoding.EncodeToString([]byte(workspace["crm_api_key"].(string)+":"))
	ada := call[object](t, "POST", crm+"/v3.1/Contacts", key, object{"FIRST_NAME": "Ada"})
	call[object](t, "POST", platform+"/_local/clock/advance", user, object{"duration": "15m"})

	came := call[callbacks](t, "POST", sink+"/_local/callbacks/wait", user, object{"count": 1})
	event, id := came.Callbacks[0].JSON.Message.Events[0], fmt.Sprintf("%.0f", ada["CONTACT_ID"])
	if event.EventType != "CREATED" || event.ObjectID != id {
		t.Errorf("expected CREATED of %s; got %v", id, event)
	}
	why := call[object](t, "GET", platform+"/_local/explain?resource=contacts&recordId="+id, user, nil)
	if why["verdict"] != "reported" {
		t.Errorf("expected the verdict reported; got %v", why)
	}
}
