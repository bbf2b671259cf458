"""Declared keys that make no difference to the walk, each with the reason why that is right."""

import re

_GIVEN = (
    "the server gives it; clients send rows back as they read them (documented: what is read-only is ignored)"
)
_OWN_SIDE = "the record that a row of links stands in is one side of it, whatever the row says (assumed)"

EXCEPTIONS = {
    # what the walk cannot bring about
    r"platform activity\.index \| query wait_s \| ignored": "it waits in real time; the answer is the same one, later",
    r"platform bulk\.errors \| query page \| ignored": "the job that is there has no errors",
    r"platform deliveries\.release \| query (hydrate|where) \| ignored": "nothing is queued",
    r"platform elements\.index \| query includeInactive \| ignored": "all elements are active",
    r"platform (accounts|users)\.index \| query includeInactive \| ignored": "a workspace's account and user are active",
    r"platform oauth\.\w+ \|  \| no base": "the element that is shipped has no OAuth",
    r"crm consent\.token \|  \| no base": "a code is good once, and the first request uses it up",
    r"platform lint\.look_at \| body (name|tags|externalAuthentication|retrieveObjectsAfterInstantiation|providerData\.debug) \| ignored": "a body is only looked at, and nothing is wrong with these",
    # what takes one value
    r"crm consent\.ask \| query response_type \| ignored": "the protocol has one value for it, and others are refused",
    r"\w+ snapshots\.restore \| body workspace \| ignored": "it says where the snapshot comes from; it goes into any workspace",
    r"platform transformations\S*\.delete \| query propagate \| ignored": "no wider level holds anything of it here (inferred)",
    # what the CRM's server gives, and clients send back as they read it
    r"crm v\S+ \| body (\S+\.)?(LINK_ID|\w+_LINK_ID|OBJECT_ID|OBJECT_NAME) \| ignored": _GIVEN,
    r"crm v\S+ \| body (\S+\.)?(DATE|ADDRESS|CONTACT_INFO|EMAIL_DOMAIN|PERMISSION)_ID \| ignored": _GIVEN,
    r"crm v\S+\.Milestones\.create \| body PROJECT_ID \| ignored": "the path says it",
    r"crm v\S+\.Team\S* \| body (\S+\.)?TEAM_ID \| ignored": "the team that a member stands in is that of its path, or of its PERMISSION_ID (assumed)",
    r"crm v2\S+\.(Contact|Organisation|Opportunit|Project)\S*(create|update\w*|add|put) \| body (LINKS\.0\.|0\.)?(CONTACT|ORGANISATION|OPPORTUNITY|PROJECT)_ID \| ignored": _OWN_SIDE,
    r"crm v2\S+ \| body ((TASK|EVENT|NOTE|EMAIL)LINKS\.0\.|0\.)?(TASK|EVENT|NOTE|EMAIL)_ID \| ignored": _OWN_SIDE,
    # what has nothing to leave out, or to count
    r"platform instance_docs\S*\.show_definitions \| query resolveReferences \| ignored": "those of the operation refer to none",
    r"platform (instance_|object_)?docs[\w.]* \| query basic \| ignored": "no definition that is there has more than Swagger itself",
    r"crm v\S+ \| query brief \| ignored": "the kind has no collections that could be left out",
    r"crm v\S+\.ActivitySets\.index \| query top \| ignored": "an account has one",
    r"crm v\S+\.Emails\.FileAttachments\.index \| query \w+ \| ignored": "nothing can be attached to e-mails through the API",
}
"""Operation, key and kind of finding, each a regular expression -> why."""


def exception_for(finding):
    """Return the exception that a finding falls under; None if there is none."""
    place = f"{finding.operation} | {finding.key} | {finding.kind}"
    return next((each for each in EXCEPTIONS if re.fullmatch(each, place)), None)
