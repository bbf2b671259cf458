"""What made-up records say: Faker's way of making things up, with lists of words of our own.

Faker's own lists change from one of its versions to the next, as it says itself, and with them all that a seed gives.
"""

from faker import Generator
from faker.providers import BaseProvider

from mock_insightly.made_up import words


class Vocabulary(BaseProvider):
    """People, companies and their business, in the United States; methods that Faker has too are named as its own."""

    def __init__(self) -> None:
        super().__init__(Generator())
        self.generator.add_provider(self)

    def seed(self, number: int) -> None:
        """Begin anew: the same number lets everything follow in the same order."""
        self.generator.seed_instance(number)

    def first_name(self) -> str:
        """Return a given name."""
        return self.random_element(words.FIRST_NAMES)

    def last_name(self) -> str:
        """Return a family name."""
        return self.random_element(words.LAST_NAMES)

    def company_suffix(self) -> str:
        """Return what stands behind a company's name."""
        return self.random_element(words.COMPANY_FORMS)

    def street_name(self) -> str:
        """Return a street."""
        return f"{self.random_element(words.STREETS)} {self.random_element(words.STREET_FORMS)}"

    def place(self) -> tuple[str, str, str, str]:
        """Return street and number, city, state and postcode, as they go together."""
        city, state, area = self.random_element(words.CITIES)
        return (
            self.generator.parse(self.numerify("%!! {{street_name}}")),
            city,
            state,
            self.numerify(f"{area}##"),
        )

    def job(self) -> str:
        """Return what somebody is."""
        return self.random_element(words.JOBS)

    def industry(self) -> str:
        """Return what a company is in."""
        return self.random_element(words.INDUSTRIES)

    def deal(self) -> str:
        """Return what an opportunity is called."""
        parts = (words.QUALITIES, words.SUBJECTS, words.DEALS)
        return " ".join(self.random_element(part) for part in parts)

    def remark(self) -> str:
        """Return a sentence about a customer."""
        return self.random_element(words.REMARKS)
