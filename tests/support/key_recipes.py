"""What requests need that documents cannot say, and values with which a key can make a difference."""

_USER = {"headers": {"Authorization": "$user_authorization"}}

RECIPES = {
    r"crm v.*\.Tags\.add": {"body": {"TAG_NAME": "fresh"}},
    r"crm v3.*\.CustomFields\.search": {"values": {"fieldName": ["Hobby__c", "Photo__c"]}},
    r"crm v.*\.CustomObjects\.show": {"known": {"object_name": "Fruit__c"}},
    r"crm v.*\.LeadSources\.delete_by_query": {"query": {"id": "$other_lead_source_id"}},
    r"crm v.*\.LeadStatuses\.delete_by_query": {"query": {"id": "$other_lead_status_id"}},
    r"crm v.*\.search": {
        "with": {
            "field_name": {"field_value": "$owner_user_id"},
            "field_value": {"field_name": "OWNER_USER_ID"},
        },
        "values": {
            "field_name": ["OWNER_USER_ID", "USER_ID", "PROJECT_ID"],
            "field_value": ["$owner_user_id", 1],
        },
    },
    r"crm v.*\.Users\.search": {"with": {"field_value": {"field_name": "USER_ID"}}},
    r"crm v.*\.Milestones\.search": {"with": {"field_value": {"field_name": "PROJECT_ID"}}},
    r"crm v.*\.(Opportunities|Leads)\.Pipeline.*": {
        "known": {"pipeline_id": "$deals_pipeline_id", "stage_id": "$deals_stage_id"}
    },
    r"crm v.*\.FileAttachments\.show": {"values": {"format": ["JSON", "other"]}},
    r"crm v.*\.TeamMembers\.(add|create)": {"body": {"MEMBER_USER_ID": "$other_user_id"}},
    r"crm vendor_pages\.restore": {"body": {"recordId": "$deleted_contact_id"}},
    r"crm exchange\.import_": {
        "body": {"version": 1, "records": {"Contacts": [{"CONTACT_ID": 1, "FIRST_NAME": "a"}]}}
    },
    r"platform (accounts|account_instances|users|organizations)\..*": _USER,
    r"platform clock\.advance": {
        "body": {"duration": "2m"},
        "values": {"to": ["2026-03-02T10:30:00Z", "2026-03-02T10:31:00Z"]},
    },
    r"\w+ admin\.script_faults": {"known": {"faults": [{"effect": {"status": 503}}]}},
    r"platform (element_)?instances\.create": {"body": "$instance_body"},
    r"platform (element_instances|instance|instance_of_token)\.put": {
        "body": "$wrong_body",
        "query": {"reAuthenticate": "false"},
    },
    r"platform hubs\.\w+_of_record": {"body": {"TITLE": "title"}},
    r"platform lint\.look_at": {"body": "$instance_body"},
    r"platform explain\.show": {
        "query": {"instanceId": "$instance_id", "resource": "contacts", "recordId": "$deleted_contact_id"}
    },
    r"\w+ snapshots\.restore": {"body": "$snapshot"},
    r"platform hub_catalogue\..*": {"known": {"key": "crm", "hub_key": "crm"}},
    r"platform transformations.*": {"known": {"object_name": "mine"}},
    r"platform authentication\.sign_in_with_json": {"body": {"username": "$email", "password": "$password"}},
    r"platform console\.sign_in_with_form": {"body": {"j_username": "$email", "j_password": "$password"}},
    r"platform console\.old_secrets": {"headers": {"Cookie": "$cookie"}},
    r"platform workspaces\.create": {
        "body": {"name": "fresh"},
        "undo": [("DELETE", "/_local/workspaces?name=fresh")],
    },
    r"platform notifications\.index": {"query": {"topics[]": ["$topics[]"]}},
    r"platform activity\.index": {"headers": {"Authorization": None}},
    r"platform deliveries\.release": {"query": {"where": "status='failed'"}},
    r"platform transformations.*\.create\w*": {"known": {"object_name": "fresh"}},
    r"platform transformations.*\.create": {"known": {"object_name": "bare"}},
    r"crm admin\.script_faults": {"known": {"faults": [{"effect": {"delay_s": 1}}]}},
    r"crm consent\.consent": {"body": {"api_key": "$crm_api_key"}},
    r"crm vendor_pages\.add_record": {"values": {"fields": [{"FIRST_NAME": "a"}, {}]}},
    r"sink callbacks\.verify": {
        "values": {"match": [{"path": "/none"}]},
        "body": {"at_least": 1, "these": [{"json": ["$.number == 1"]}, {"json": ["$.number == 0"]}]},
    },
    r"sink (?!bins).*": {"query": {"workspace": "$workspace"}},
}

_INSTANTS = ["2026-03-02T10:15:30Z", "2030-01-01T00:00:00Z", "2020-01-01T00:00:00Z"]

PREFERRED = {
    "LINK_OBJECT_NAME": ["Organisation", "Contact", "Project"],
    **dict.fromkeys(("top", "skip", "$top", "$skip"), ("1",)),
    **dict.fromkeys(("count_total", "brief", "include_converted", "includeconverted"), ("true",)),
    "updated_after_utc": ["2030-01-01T00:00:00Z", "2026-03-02T10:16:30Z"],
    "tagName": ["tagged"],
    "field_name": ["VISIBLE_TO", "TITLE", "SUBJECT", "RECORD_NAME", "FIRST_NAME"],
    "duration": ["2m", 60],
    "now": ["2027-01-01T00:00:00Z"],
    "email": ["new@ada.example"],
    "q": ["select * from leads", "select * from contacts", "other"],
    "where": [
        "status='none'",
        "FIRST_NAME='nobody'",
        "name='nobody'",
        "key='nobody'",
        "email='nobody'",
        "id='1'",
    ],
    "orderBy": ["FIRST_NAME asc", "TITLE asc"],
    "orderby": ["FIRST_NAME desc"],
    "baseUrl": ["https://other.example/elements/api-v2"],
    "before": ["1/1"],
    "from": _INSTANTS,
    "to": _INSTANTS,
    "start": ["2027-01-01T00:00:00Z"],
    "metaData": ['{"callback-payload": "text"}'],
    "workspace": ["default"],
    "json": [["$.number"], ["$.none"]],
    "file": ["id,name\n1,a\n", "id,name\n1,b\n"],
    "kind": ["Leads"],
    "$filter": ["FIRST_NAME eq 'nobody'", "TITLE eq 'nobody'", "CATEGORY_NAME eq 'nobody'"],
    "STATUS": ["IN PROGRESS"],
    "$orderby": [
        "ORGANISATION_NAME desc",
        "PROJECT_NAME desc",
        "TEAM_NAME desc",
        "USER_ID desc",
        "DATE_UPDATED_UTC desc",
        "CATEGORY_NAME desc",
    ],
    "redirect_uri": ["http://127.0.0.1:8080/callback", "http://127.0.0.1:8081/callback"],
    "url": ["http://127.0.0.1:4702/other"],
    "method": ["GET"],
}
