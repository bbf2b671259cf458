"""Hooks of a vendor file, as somebody outside this project would write them."""

from flask import Response

from elements_local.kit.values import replace
from elements_local.platform.ceql import Comparison
from elements_local.platform.elements.vendor_file import VendorRefusalError


def id_of(number):
    return f"d-{number * 7 % 10}"


def written(fields, resource, before):
    if fields.get("value") == 13:
        raise VendorRefusalError("conflict", f"{resource.key} have no 13", id="13", field="value")
    return {**fields, "note": f"{fields.get('note')} after {before and before.id}"}


def hub(record, resource):
    return {**record, "kind": resource.key}


def query(asked, found, _resource):
    return replace(found, where=Comparison("value", ">", int(asked["above"]))) if "above" in asked else found


def add_routes(fake):
    fake.route("GET", "/v1/{resource}/count", lambda resource: Response(str(len(counted(fake, resource)))))


def counted(fake, resource):
    return fake.fake.records.listed(fake.resources[resource].key)
