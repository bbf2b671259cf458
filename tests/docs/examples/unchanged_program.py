"""A program that a test starts, with the vendor's host in it."""

import os
import subprocess

ASK = 'curl -sSf -u "$ELEMENTS_LOCAL_CRM_API_KEY:" https://api.insightly.com/v3.1/Contacts'


def test_the_program_sees_a_contact(elements_proxy, elements_crm):
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})

    environment = {**os.environ, **elements_proxy.environment()}
    ran = subprocess.run(["sh", "-c", ASK], env=environment, capture_output=True, text=True, check=True)

    assert "Ada" in ran.stdout
