"""What made-up records say: Faker's way of making things up, with lists of words of our own.

Faker's own lists change from one of its versions to the next, as it says itself, and with them all that a seed gives.
"""

from faker import Generator
from faker.providers import BaseProvider

from mock_insightly.fields import words


class Vocabulary(BaseProvider):
    """Draws words, and makes up places in the United States."""

    def __init__(self) -> None:
        super().__init__(Generator())
        self.generator.add_provider(self)

    def seed(self, number: int) -> None:
        """Begin anew: the same number lets everything follow in the same order."""
        self.generator.seed_instance(number)

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
