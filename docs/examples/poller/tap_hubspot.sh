# Singer's published tap-hubspot, unchanged, on contacts: `pip install tap-hubspot==4.5.0` on Python 3.10 or 3.11.
set -e
cd "$ELEMENTS_LOCAL_STATE_DIR"
cat > config.json <<END
{"start_date": "$ELEMENTS_LOCAL_START", "redirect_uri": "https://example.com", "client_id": "tap",
 "client_secret": "$ELEMENTS_LOCAL_CRM_API_KEY", "refresh_token": "$ELEMENTS_LOCAL_CRM_API_KEY"}
END
tap-hubspot --config config.json --discover > all.json
python3 - <<END
import json
catalog = json.load(open("all.json"))
for stream in catalog["streams"]:
    of_it = next(each["metadata"] for each in stream["metadata"] if not each["breadcrumb"])
    of_it["selected"] = stream["stream"] == "contacts"
json.dump(catalog, open("catalog.json", "w"))
END
exec tap-hubspot --config config.json --properties catalog.json --state "$ELEMENTS_LOCAL_STATE_FILE"
