# Airbyte's published source-hubspot, unchanged, on contacts: `pip install airbyte-source-hubspot==5.7.0` on Python 3.10 or 3.11.
set -e
cd "$ELEMENTS_LOCAL_STATE_DIR"
cat > config.json <<END
{"start_date": "$ELEMENTS_LOCAL_START",
 "credentials": {"credentials_title": "Private App Credentials", "access_token": "$ELEMENTS_LOCAL_CRM_API_KEY"}}
END
cat > catalog.json <<END
{"streams": [{"stream": {"name": "contacts", "json_schema": {}, "supported_sync_modes": ["incremental"]},
  "sync_mode": "incremental", "destination_sync_mode": "append"}]}
END
exec source-hubspot read --config config.json --catalog catalog.json --state "$ELEMENTS_LOCAL_STATE_FILE"
