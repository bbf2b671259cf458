import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

/** A stack of its own in a container, with JUnit 5, Testcontainers and Jackson. */
@Testcontainers
class StackTest {
    private static final String TOKEN = "the-token-of-this-test";

    @Container
    private static final GenericContainer<?> STACK = new GenericContainer<>("elements-local")
            .withEnv("ELEMENTS_LOCAL_TOKEN", TOKEN)
            .withExposedPorts(4700, 4701, 4702)
            .waitingFor(Wait.forHealthcheck());

    @Test
    void aNewContactIsCalledBackAndItIsToldWhy() throws Exception {
        JsonNode workspace = call("POST", 4700, "/_local/workspaces", "", "{}"); // a world of its own for each test
        String user = "User " + workspace.get("user_secret").asText()
                + ", Organization " + workspace.get("organization_secret").asText();
        JsonNode instance = call("GET", 4700, "/_local/instance-body", user, "");
        call("POST", 4700, "/elements/api-v2/instances", user, instance.toString());

        String password = workspace.get("crm_api_key").asText() + ":";
        String key = "Basic " + Base64.getEncoder().encodeToString(password.getBytes());
        String id = call("POST", 4701, "/v3.1/Contacts", key, "{\"FIRST_NAME\": \"Ada\"}").get("CONTACT_ID").asText();
        call("POST", 4700, "/_local/clock/advance", user, "{\"duration\": \"15m\"}");

        JsonNode came = call("POST", 4702, "/_local/callbacks/wait", user, "{\"count\": 1}");
        JsonNode event = came.at("/callbacks/0/json/message/events/0");
        assertEquals("CREATED " + id, event.get("eventType").asText() + " " + event.get("objectId").asText());
        JsonNode why = call("GET", 4700, "/_local/explain?resource=contacts&recordId=" + id, user, "");
        assertEquals("reported", why.get("verdict").asText());
    }

    private static JsonNode call(String method, int port, String path, String authorization, String body)
            throws Exception {
        URI url = URI.create("http://" + STACK.getHost() + ":" + STACK.getMappedPort(port) + path);
        HttpRequest request = HttpRequest.newBuilder(url)
                .method(method, BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .header("Authorization", authorization)
                .header("Elements-Local-Token", TOKEN) // admin routes of what others can reach ask for it
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        assertEquals(2, answer.statusCode() / 100, method + " " + url + ": " + answer.body());
        return new ObjectMapper().readTree(answer.body());
    }
}
