# Airbyte's published source-insightly, unchanged, on contacts: `pip install airbyte-source-insightly==0.2.16` on Python 3.10.
set -e
cd "$ELEMENTS_LOCAL_STATE_DIR"
cat > config.json <<END
{"token": "$ELEMENTS_LOCAL_CRM_API_KEY", "start_date": "$ELEMENTS_LOCAL_START"}
END
cat > catalog.json <<END
{"streams": [{"stream": {"name": "contacts", "json_schema": {}, "supported_sync_modes": ["incremental"]},
  "sync_mode": "incremental", "destination_sync_mode": "append"}]}
END
exec source-insightly read --config config.json --catalog catalog.json --state "$ELEMENTS_LOCAL_STATE_FILE"
