"""A CRM with something in every collection, so that whatever a request says can make a difference."""

import re

from elements_local.kit.api.json_text import decode

PARENTS = {
    "Contacts": "Contact",
    "Organisations": "Organisation",
    "Leads": "Lead",
    "Opportunities": "Opportunity",
    "Projects": "Project",
}
"""Kinds of record that others hang on, with the names that links have for them."""

LISTS = (
    *("Users", "Teams", "LeadSources", "LeadStatuses", "TaskCategories", "FileCategories", "ActivitySets"),
    *("Pipelines", "PipelineStages", "Relationships", "Countries", "Currencies", "OpportunityStateReasons"),
    *("Milestones", "Emails", "Events", "Notes", "Tasks", "TeamMembers"),
)
DATE = "2026-03-04 00:00:00"
TAGS = [{"TAG_NAME": "tagged"}, {"TAG_NAME": "twice"}]
IMAGE = {"Content-Type": "image/png"}
FORM = {"Content-Type": "multipart/form-data; boundary=b"}
FILE = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\nPNG\r\n'
    b"--b--\r\n"
)
FIELD_VALUES = {
    "TEXT": ("text", "other"),
    "DROPDOWN": ("Enterprise", "Small Business"),
    "NUMERIC": (3, 4),
    "DATETIME": (DATE, "2026-03-05 00:00:00"),
}


class FilledCrm:
    """A workspace's CRM with records of every kind, some hanging on others.

    Attributes:
        ids: of the latest of each, by the names of their keys in lower case.
    """

    def __init__(self, clients):
        self._crm = clients.crm
        self._call = clients.crm.call
        self.ids = {"file_name": "a.png", "tag_name": "twice", "object_name": "Contacts"}
        for collection, name in PARENTS.items():
            records = self._call("GET", f"/v3.1/{collection}")
            key = f"{name.upper()}_ID"
            self.ids |= {key.lower(): records[-1][key], f"other_{key.lower()}": records[0][key]}
        self.ids["user_id"] = self._call("GET", "/v3.1/Users/Me")["USER_ID"]
        self._make("Teams", TEAM_NAME="one")
        team = self._make("Teams", TEAM_NAME="two")
        for user in self._call("GET", "/v3.1/Users")[-2:]:
            self._make(f"Teams/{team['TEAM_ID']}/TeamMembers", MEMBER_USER_ID=user["USER_ID"])
        self.ids["record_id"] = fruit = self._make("Fruit__c", RECORD_NAME="fruit")["RECORD_ID"]
        self._make("Projects", PROJECT_NAME="project", STATUS="DEFERRED", TAGS=TAGS[:1])
        for collection, name in PARENTS.items():
            self._call(
                "POST", f"/v2.2/{collection}/{self.ids[f'other_{name.lower()}_id']}/Tags", json=TAGS[0]
            )
        for _ in range(2):
            for collection, name in PARENTS.items():
                self._hang_on(collection, name, self.ids[f"{name.lower()}_id"])
            self._upload(f"Fruit__c/{fruit}/FileAttachments")
            clients.clock.advance("1m")
        pipelines = self._call("GET", "/v3.1/Pipelines")
        deals = next(each["PIPELINE_ID"] for each in pipelines if each["FOR_OPPORTUNITIES"])
        stages = self._call("GET", "/v3.1/PipelineStages")
        self.ids["deals_pipeline_id"] = deals
        own = [each["STAGE_ID"] for each in stages if each["PIPELINE_ID"] == deals]
        self.ids["deals_stage_id"] = own[-1]
        self._call("POST", f"/_local/leads/{self.ids['other_lead_id']}/convert")
        for place in ("Opportunities/{opportunity_id}", "Leads/{lead_id}", "Projects/{project_id}"):
            own = (
                next(each["PIPELINE_ID"] for each in pipelines if each["FOR_PROJECTS"])
                if "Proj" in place
                else deals
            )
            self._call("PUT", f"/v3.1/{place.format(**self.ids)}/Pipeline", json={"PIPELINE_ID": own})
        self._make("Fruit__c", RECORD_NAME="another")
        for collection in ("LeadSources", "LeadStatuses"):
            record = self._call("GET", f"/v3.1/{collection}")[1]
            self.ids |= {
                f"other_{key.lower()}": value for key, value in record.items() if key.endswith("_ID")
            }
        self.ids["other_user_id"] = self._call("GET", "/v3.1/Users")[1]["USER_ID"]
        for collection in LISTS:
            latest = self._call("GET", f"/v3.1/{collection}?top=500")[-1]
            own = {key.lower(): value for key, value in latest.items() if key.endswith("_ID") and value}
            self.ids = (
                own | self.ids | {key: own[key] for key in own if key.startswith(collection[:4].lower())}
            )

    def _hang_on(self, collection, name, number):
        below = f"{collection}/{number}"
        links = [{"LINK_OBJECT_NAME": name, "LINK_OBJECT_ID": number}]
        note = self._make(f"{below}/Notes", TITLE="note", BODY="b")["NOTE_ID"]
        task = self._make("Tasks", TITLE="task", STATUS="NOT STARTED", LINKS=links)["TASK_ID"]
        event = self._make("Events", TITLE="event", LINKS=links, START_DATE_UTC=DATE, END_DATE_UTC=DATE)[
            "EVENT_ID"
        ]
        mail = {"SUBJECT": "mail", "LINKS": links, "TAGS": TAGS}
        self._call("POST", "/_local/records", json={"resource": "Emails", "fields": mail})
        email = self._call("GET", "/v3.1/Emails?top=500")[-1]["EMAIL_ID"]
        for parent in (f"Notes/{note}", f"Tasks/{task}", f"Emails/{email}"):
            for _ in range(2):
                self.ids["comment_id"] = self._make(f"{parent}/Comments", BODY="comment")["COMMENT_ID"]
            self._crm.send("POST", f"/v3.1/{parent}/Follow")
        comment = f"Comments/{self.ids['comment_id']}"
        for parent in (below, *[f"Notes/{note}", comment] * 2):
            self.ids["file_id"] = self._upload(f"{parent}/FileAttachments")["FILE_ID"]
        self._crm.send("PUT", f"/v3.1/{below}/Image/a.png", body=b"PNG", headers=IMAGE)
        for kind, record in ((collection, number), ("Tasks", task), ("Events", event)):
            place = f"/v3.1/{kind}/{record}/ImageField/{self._field(kind, 'IMAGE')['FIELD_NAME']}/a.png"
            self._crm.send("PUT", place, body=b"PNG", headers=IMAGE)
        self._crm.send("POST", f"/v3.1/{below}/Follow")
        self._give_rows(below, number)
        if collection == "Opportunities":
            for state in ("SUSPENDED", "OPEN"):
                self._crm.send("PUT", f"/v3.1/{below}/StateChange", json={"FOR_OPPORTUNITY_STATE": state})
        if collection == "Projects":
            self._make(f"{below}/Milestones", TITLE="milestone", COMPLETED=False, DUE_DATE=DATE)

    def _give_rows(self, below, number):
        """Give a record rows of each collection that it has."""
        other = self.ids["other_contact_id"]
        rows = {
            "v3.1/Tags": TAGS,
            "v3.1/Dates": {"OCCASION_NAME": "day", "OCCASION_DATE": DATE},
            "v3.1/EmailDomains": {"EMAIL_DOMAIN": "ada.example"},
            "v3.1/Links": {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": other},
            "v2.2/Links": {"ORGANISATION_ID": self.ids["organisation_id"]},
            "v2.3/Links": {"OPPORTUNITY_ID": self.ids["other_opportunity_id"]},
            "v2.2/Addresses": {"ADDRESS_TYPE": "WORK", "CITY": "Rome"},
            "v2.2/ContactInfos": {"TYPE": "PHONE", "LABEL": "WORK", "DETAIL": "1"},
            "v2.2/ContactLinks": {"FIRST_CONTACT_ID": other, "SECOND_CONTACT_ID": number},
            "v2.2/OrganisationLinks": {"SECOND_ORGANISATION_ID": self.ids["other_organisation_id"]},
        }
        for place, row in rows.items():
            version, _, name = place.partition("/")
            for method in ("POST", "PUT") if version == "v3.1" else ("POST",):
                self._crm.send(method, f"/{version}/{below}/{name}", json=row)

    def _make(self, path, **fields):
        return self._call("POST", f"/v3.1/{path}", json=fields)

    def _upload(self, path):
        return decode(self._crm.send("POST", f"/v3.1/{path}", body=FILE, headers=FORM).body)

    def _field(self, collection, *types):
        """Return the first custom field of one of some types."""
        reply = self._crm.send("GET", f"/v3.1/CustomFields/{collection}")
        fields = decode(reply.body) if reply.ok else []
        return next((each for each in fields if each["FIELD_TYPE"] in types), None)

    def known_to(self, operation):
        """Return what there is for one operation: also ids of what hangs on the record that its path names, and rows."""
        segments = operation.path.split("/")
        version, collection = segments[1:3]
        if not version.startswith("v"):
            return self.ids
        known = self.ids | self._rows(version, collection) | self._custom_field(version, collection)
        for at, segment in enumerate(segments):
            if segment.startswith("{") and (at > 3 or collection.endswith("Categories")):
                known |= self._row("/".join(segments[:at]), segment[1:-1], known)
        if len(segments) == 5 or (len(segments) == 3 and collection.endswith("Categories")):
            known |= self._row(operation.path, None, known)
        return known

    def _rows(self, version, collection):
        """Return rows of collections, as a version takes them in a kind of record."""
        if version.startswith("v3"):
            return {
                "links": [{"LINK_OBJECT_NAME": "Organisation", "LINK_OBJECT_ID": self.ids["organisation_id"]}]
            }
        other = "organisation_id" if collection == "Contacts" else "contact_id"
        link = {other.upper(): self.ids[other]}
        return {
            **{f"{kind}links": [link] for kind in ("", "task", "event", "note", "email")},
            "contactlinks": [{"SECOND_CONTACT_ID": self.ids["other_contact_id"]}],
            "organisationlinks": [{"SECOND_ORGANISATION_ID": self.ids["other_organisation_id"]}],
        }

    def _custom_field(self, version, collection):
        """Return names and values of a kind of record's custom fields."""
        image, plain = self._field(collection, "IMAGE"), self._field(collection, *FIELD_VALUES)
        found = {} if image is None else {"field": image["FIELD_NAME"]}
        key = "FIELD_NAME" if version.startswith("v3") else "CUSTOM_FIELD_ID"
        if plain is None:  # one that is not defined is taken, too
            return found and found | {"customfields": [{key: "Anything__c", "FIELD_VALUE": "text"}]}
        name = plain["FIELD_NAME"]
        if version.startswith("v2"):
            name = f"{plain['FIELD_FOR']}_FIELD_{plain['FIELD_ORDER']}"
        value, _ = FIELD_VALUES[plain["FIELD_TYPE"]]
        return found | {
            "customfields": [{key: name, "FIELD_VALUE": value}],
            key.lower(): name,
            "field_value": value,
        }

    def _row(self, path, variable, known):
        """Return the ids of the first entry of a list below a record, or of a collection of the record itself."""
        path = re.sub(r"\{(\w+)\}", lambda each: str(known.get(each[1], 1)), path)
        parent, _, collection = path.rpartition("/")
        for target in (path, parent):
            reply = self._crm.send("GET", target)
            is_json = reply.status == 200 and "json" in reply.headers.get("Content-Type", "")
            entries = decode(reply.body) if is_json else None
            rows = entries.get(collection.upper()) if isinstance(entries, dict) else entries
            row = next((each for each in rows or () if isinstance(each, dict)), {})
            own = variable or next((key for key in row if key.endswith("_ID")), "")
            if row.get(own.upper()) is not None:
                return {own.lower(): row[own.upper()]}
        return {}
