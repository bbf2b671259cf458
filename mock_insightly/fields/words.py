"""The words that made-up records are put together from, and the countries and currencies that they choose from.

They are kept here, and in this order, because the same seed has to give the same bytes for good.

Source: there are 241 countries and 73 currencies (recorded v2.1 lists, observed); which, and the symbols, is assumed.
"""


def _entries(text: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in text.split(","))


COUNTRIES = _entries(
    """
    Afghanistan, Albania, Algeria, American Samoa, Andorra, Angola, Anguilla, Antarctica, Antigua and Barbuda,
    Argentina, Armenia, Aruba, Australia, Austria, Azerbaijan, Bahamas, Bahrain, Bangladesh, Barbados, Belarus,
    Belgium, Belize, Benin, Bermuda, Bhutan, Bolivia, Bosnia and Herzegovina, Botswana, Bouvet Island, Brazil,
    British Indian Ocean Territory, British Virgin Islands, Brunei, Bulgaria, Burkina Faso, Burundi, Cambodia,
    Cameroon, Canada, Cape Verde, Cayman Islands, Central African Republic, Chad, Chile, China, Christmas Island,
    Cocos Islands, Colombia, Comoros, Congo, Cook Islands, Costa Rica, Cote d'Ivoire, Croatia, Cuba, Cyprus,
    Czech Republic, Denmark, Djibouti, Dominica, Dominican Republic, Ecuador, Egypt, El Salvador, Equatorial Guinea,
    Eritrea, Estonia, Ethiopia, Falkland Islands, Faroe Islands, Fiji, Finland, France, French Guiana,
    French Polynesia, French Southern Territories, Gabon, Gambia, Georgia, Germany, Ghana, Gibraltar, Greece,
    Greenland, Grenada, Guadeloupe, Guam, Guatemala, Guernsey, Guinea, Guinea-Bissau, Guyana, Haiti, Honduras,
    Hong Kong, Hungary, Iceland, India, Indonesia, Iran, Iraq, Ireland, Isle of Man, Israel, Italy, Jamaica, Japan,
    Jersey, Jordan, Kazakhstan, Kenya, Kiribati, Kuwait, Kyrgyzstan, Laos, Latvia, Lebanon, Lesotho, Liberia, Libya,
    Liechtenstein, Lithuania, Luxembourg, Macao, Madagascar, Malawi, Malaysia, Maldives, Mali, Malta,
    Marshall Islands, Martinique, Mauritania, Mauritius, Mayotte, Mexico, Micronesia, Moldova, Monaco, Mongolia,
    Montenegro, Montserrat, Morocco, Mozambique, Myanmar, Namibia, Nauru, Nepal, Netherlands, Netherlands Antilles,
    New Caledonia, New Zealand, Nicaragua, Niger, Nigeria, Niue, Norfolk Island, North Korea, North Macedonia,
    Northern Mariana Islands, Norway, Oman, Pakistan, Palau, Palestinian Territory, Panama, Papua New Guinea,
    Paraguay, Peru, Philippines, Pitcairn Islands, Poland, Portugal, Puerto Rico, Qatar, Reunion, Romania, Russia,
    Rwanda, Saint Helena, Saint Kitts and Nevis, Saint Lucia, Saint Pierre and Miquelon,
    Saint Vincent and the Grenadines, Samoa, San Marino, Sao Tome and Principe, Saudi Arabia, Senegal, Serbia,
    Seychelles, Sierra Leone, Singapore, Slovakia, Slovenia, Solomon Islands, Somalia, South Africa,
    South Georgia and the South Sandwich Islands, South Korea, Spain, Sri Lanka, Sudan, Suriname,
    Svalbard and Jan Mayen, Swaziland, Sweden, Switzerland, Syria, Taiwan, Tajikistan, Tanzania, Thailand,
    Timor-Leste, Togo, Tokelau, Tonga, Trinidad and Tobago, Tunisia, Turkey, Turkmenistan, Turks and Caicos Islands,
    Tuvalu, US Minor Outlying Islands, US Virgin Islands, Uganda, Ukraine, United Arab Emirates, United Kingdom,
    United States, Uruguay, Uzbekistan, Vanuatu, Vatican City, Venezuela, Vietnam, Wallis and Futuna, Western Sahara,
    Yemen, Zambia, Zimbabwe
    """
)
_CURRENCIES = _entries(
    """
    AED AED, ARS $, AUD $, BAM KM, BBD $, BDT ৳, BGN лв, BHD BD, BMD $, BOB $b, BRL R$, BSD $, BWP P, CAD $, CHF CHF,
    CLP $, CNY ¥, COP $, CRC ₡, CZK Kč, DKK kr, DOP $, EGP £, EUR €, FJD $, GBP £, GHS ₵, GTQ Q, HKD $, HNL L, HUF Ft,
    IDR Rp, ILS ₪, INR ₹, ISK kr, JMD $, JOD JD, JPY ¥, KES KSh, KRW ₩, KWD KD, KYD $, KZT ₸, LBP £, LKR ₨, MAD Dhs,
    MUR ₨, MXN $, MYR RM, NAD $, NGN ₦, NOK kr, NZD $, OMR ﷼, PEN S/, PHP ₱, PKR ₨, PLN zł, PYG ₲, QAR ﷼, RON leu,
    RUB ₽, SAR ﷼, SEK kr, SGD $, THB ฿, TRY ₺, TTD $, TWD $, UAH ₴, USD $, VND ₫, ZAR R
    """
)
CURRENCIES = tuple(tuple(currency.split(" ")) for currency in _CURRENCIES)
"""Each as its code and its symbol."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words(
    """
    Aaron Abigail Adam Agnes Alan Albert Alice Alicia Amanda Amber Amy Andrea Andrew Angela Anna Anthony Arthur Barbara
    Benjamin Beth Brandon Brenda Brian Bruce Carl Carla Carmen Caroline Catherine Charles Charlotte Chloe Christine
    Claire Clara Claudia Colin Connor Craig Cynthia Daisy Daniel Danielle David Dawn Deborah Dennis Diana Donald Donna
    Doris Douglas Edith Edward Eileen Elaine Eleanor Elena Elizabeth Ella Emily Emma Eric Ethan Eva Evelyn Felix Fiona
    Florence Frances Frank Gabriel Gavin George Gerald Grace Graham Hannah Harold Harriet Harry Hazel Heather Helen
    Henry Howard Hugo Ian Irene Iris Isaac Isabel Jack Jacob James Jane Janet Jason Jasmine Jean Jennifer Jeremy
    Jessica Joan Joel John Jonathan Joseph Joyce Juan Judith Julia Julian Karen Karl Kate Keith Kelly Kenneth Kevin
    Kimberly Kyle Laura Lauren Lawrence Leah Leo Leonard Lewis Liam Linda Lisa Louis Louise Lucas Lucy Luis Lydia
    Malcolm Marcus Margaret Maria Marie Marion Mark Martha Martin Mary Matthew Megan Melissa Michael Michelle Miguel
    Miriam Molly Monica Nancy Naomi Natalie Nathan Neil Nicholas Nicole Nigel Nina Noah Nora Olga Oliver Olivia Oscar
    Owen Pamela Patricia Patrick Paul Paula Peter Philip Phoebe Rachel Ralph Raymond Rebecca Richard Robert Robin Roger
    Rosa Rose Roy Ruby Russell Ruth Ryan Sally Samantha Samuel Sandra Sara Scott Sean Sharon Simon Sofia Sophie Stella
    Stephen Stuart Susan Sylvia Teresa Theodore Thomas Timothy Tina Tracy Valerie Vanessa Vera Victor Victoria Vincent
    Violet Walter Wendy William Yvonne Zoe
    """
)
LAST_NAMES = _words(
    """
    Abbott Adams Alexander Allen Anderson Andrews Armstrong Arnold Atkins Bailey Baker Baldwin Barker Barnes Barrett
    Bates Baxter Beck Bell Bennett Berry Bishop Black Blake Boone Bowman Boyd Bradley Brady Brooks Brown Bryant Burke
    Burns Burton Butler Byrd Caldwell Campbell Carlson Carpenter Carr Carroll Carter Castillo Chambers Chandler Chapman
    Chavez Chen Clark Clarke Cohen Cole Coleman Collins Cook Cooper Cox Craig Crawford Cruz Cunningham Curtis Daniels
    Davidson Davis Dawson Day Dean Delgado Diaz Dixon Douglas Doyle Duncan Dunn Edwards Elliott Ellis Erickson Estrada
    Evans Farmer Ferguson Fernandez Fields Fisher Fleming Fletcher Flores Ford Foster Fowler Fox Francis Franklin Frazier
    Freeman Fuller Garcia Gardner Garrett Gibson Gilbert Gomez Gonzalez Goodwin Gordon Graham Grant Graves Gray Green
    Greene Griffin Gupta Hale Hall Hamilton Hansen Hanson Hardy Harper Harris Harrison Hart Harvey Hawkins Hayes Henderson
    Henry Herrera Hicks Higgins Hill Hoffman Holland Holmes Holt Hopkins Horton Howard Howell Hudson Hughes Hunt Hunter
    Ingram Jackson Jacobs James Jenkins Jensen Jimenez Johnson Johnston Jones Jordan Kaur Keller Kelley Kennedy Kim King
    Klein Knight Lambert Lane Larson Lawrence Lawson Lee Leonard Lewis Lindsey Little Lopez Lowe Lucas Lynch Lyons
    Marshall Martin Martinez Mason Matthews Maxwell May McCarthy McCoy McDonald Medina Mendez Meyer Miles Miller Mills
    Mitchell Montgomery Moore Morales Moreno Morgan Morris Morrison Moss Mueller Murphy Murray Myers Nelson Newman
    Newton Nguyen Nichols Norris Norton Obrien Oliver Olson Ortega Ortiz Owens Palmer Park Parker Parsons Patel Patterson
    Payne Pearson Perez Perkins Perry Peters Peterson Phillips Pierce Porter Potter Powell Powers Price Quinn Ramirez
    Ramos Ray Reed Reese Reid Reyes Reynolds Rhodes Rice Richards Riley Rios Rivera Roberts Robinson Rodgers Rogers
    Romero Rose Ross Rowe Ruiz Russell Ryan Salazar Sanchez Sanders Santos Saunders Schmidt Schneider Schultz Schwartz
    Scott Sharp Shaw Shelton Silva Simmons Simpson Sims Singh Smith Snyder Soto Spencer Stanley Steele Stephens Stevens
    Stewart Stone Strickland Sullivan Summers Sutton Swanson Taylor Thomas Thompson Torres Townsend Tran Tucker Turner
    Underwood Valdez Vargas Vasquez Vaughn Vega Wade Wagner Walker Wallace Walsh Walters Walton Ward Warren Watkins Watson
    Watts Weaver Webb Weber Welch Wells West Wheeler White Wilkins Williams Willis Wilson Wise Wolfe Wong Wood Woods
    Wright Yates Young Zimmerman
    """
)
COMPANY_FORMS = ("Inc", "LLC", "Ltd", "Group", "PLC", "Company", "Partners", "Holdings")
STREETS = _words(
    """
    Alder Ash Bay Beech Birch Bridge Broad Cedar Center Chapel Cherry Chestnut Church College Court Dale Elm Ferry Field
    Forest Garden Grove Harbor Hickory High Highland Hill Juniper King Lake Laurel Liberty Lincoln Locust Main Maple
    Market Meadow Mill Oak Orchard Park Pearl Pine Pleasant Poplar Prospect Queen Railroad Ridge River School Spring
    Spruce State Summit Sycamore Union Valley View Walnut Washington Water Willow Winter
    """
)
STREET_FORMS = ("Street", "Avenue", "Road", "Lane", "Drive", "Court", "Boulevard")
CITIES = (
    ("Albany", "NY", "122"), ("Albuquerque", "NM", "871"), ("Anchorage", "AK", "995"), ("Atlanta", "GA", "303"),
    ("Austin", "TX", "787"), ("Baltimore", "MD", "212"), ("Billings", "MT", "591"), ("Boise", "ID", "837"),
    ("Boston", "MA", "021"), ("Buffalo", "NY", "142"), ("Burlington", "VT", "054"), ("Charleston", "SC", "294"),
    ("Charlotte", "NC", "282"), ("Cheyenne", "WY", "820"), ("Chicago", "IL", "606"), ("Cincinnati", "OH", "452"),
    ("Cleveland", "OH", "441"), ("Columbus", "OH", "432"), ("Dallas", "TX", "752"), ("Denver", "CO", "802"),
    ("Des Moines", "IA", "503"), ("Detroit", "MI", "482"), ("El Paso", "TX", "799"), ("Fargo", "ND", "581"),
    ("Fresno", "CA", "937"), ("Hartford", "CT", "061"), ("Honolulu", "HI", "968"), ("Houston", "TX", "770"),
    ("Indianapolis", "IN", "462"), ("Jackson", "MS", "392"), ("Kansas City", "MO", "641"), ("Las Vegas", "NV", "891"),
    ("Little Rock", "AR", "722"), ("Los Angeles", "CA", "900"), ("Louisville", "KY", "402"), ("Madison", "WI", "537"),
    ("Manchester", "NH", "031"), ("Memphis", "TN", "381"), ("Miami", "FL", "331"), ("Milwaukee", "WI", "532"),
    ("Minneapolis", "MN", "554"), ("Mobile", "AL", "366"), ("Nashville", "TN", "372"), ("New Orleans", "LA", "701"),
    ("New York", "NY", "100"), ("Newark", "NJ", "071"), ("Oklahoma City", "OK", "731"), ("Omaha", "NE", "681"),
    ("Orlando", "FL", "328"), ("Philadelphia", "PA", "191"), ("Phoenix", "AZ", "850"), ("Pittsburgh", "PA", "152"),
    ("Portland", "OR", "972"), ("Providence", "RI", "029"), ("Raleigh", "NC", "276"), ("Richmond", "VA", "232"),
    ("Sacramento", "CA", "958"), ("Salt Lake City", "UT", "841"), ("San Antonio", "TX", "782"), ("San Diego", "CA", "921"),
    ("San Francisco", "CA", "941"), ("Seattle", "WA", "981"), ("Sioux Falls", "SD", "571"), ("Spokane", "WA", "992"),
    ("Tampa", "FL", "336"), ("Tucson", "AZ", "857"), ("Tulsa", "OK", "741"), ("Wichita", "KS", "672"),
    ("Wilmington", "DE", "198"),
)  # fmt: skip
"""Each with its state and the first digits of its postcodes."""

JOBS = (
    "Accountant", "Account Manager", "Architect", "Buyer", "Chief Executive", "Chief Financial Officer", "Chemist",
    "Civil Engineer", "Consultant", "Controller", "Customer Service Manager", "Data Analyst", "Designer",
    "Director of Operations", "Electrical Engineer", "Facilities Manager", "Finance Director", "General Manager",
    "Head of Purchasing", "Head of Sales", "HR Manager", "IT Manager", "Lawyer", "Logistics Manager",
    "Maintenance Engineer", "Managing Director", "Marketing Assistant", "Marketing Director", "Network Engineer",
    "Office Manager", "Owner", "Plant Manager", "Product Manager", "Production Planner", "Project Manager",
    "Quality Manager", "Receptionist", "Research Scientist", "Sales Manager", "Software Developer", "Supply Chain Manager",
    "Surveyor", "Technical Director", "Training Officer", "Treasurer", "Warehouse Manager",
)  # fmt: skip
INDUSTRIES = (
    "Agriculture", "Automotive", "Aviation", "Banking", "Chemicals", "Construction", "Education", "Electronics", "Energy",
    "Engineering", "Food", "Health Care", "Hospitality", "Insurance", "Logistics", "Manufacturing", "Media", "Mining",
    "Pharmaceuticals", "Printing", "Real Estate", "Retail", "Software", "Telecommunications", "Textiles", "Tourism",
)  # fmt: skip
QUALITIES = (
    "Advanced", "Annual", "Automated", "Balanced", "Central", "Compact", "Complete", "Custom", "Digital", "Extended",
    "Flexible", "Full", "Integrated", "Local", "Managed", "Mobile", "Modular", "Multi-site", "National", "Portable",
    "Regional", "Remote", "Secure", "Seasonal", "Shared", "Standard", "Trial", "Upgraded", "Wireless",
)  # fmt: skip
SUBJECTS = (
    "archive", "assembly", "audit", "billing", "catalogue", "cooling", "delivery", "fleet", "heating", "help desk",
    "inspection", "lighting", "machine", "maintenance", "network", "office", "packaging", "payroll", "planning", "printing",
    "reporting", "security", "spare parts", "storage", "survey", "training", "transport", "warehouse", "website",
)  # fmt: skip
DEALS = (
    "contract",
    "equipment",
    "installation",
    "order",
    "project",
    "rollout",
    "service",
    "subscription",
    "upgrade",
)
TASKS = ("Call", "E-mail", "Follow-up", "Meeting", "To-do")
REMARKS = (
    "Prefers to be called in the morning.", "Asked for a second offer.", "Decides together with the board.",
    "Was a customer some years ago.", "Found us at a trade fair.", "Wants everything in writing.",
    "Budget is set in the autumn.", "Compares us with two others.", "Has offices in several states.",
    "Pays within ten days.", "Needs an answer by the end of the month.", "Likes the new catalogue.",
    "Will move to a larger site next year.", "Reads the newsletter.", "Knows our support team well.",
    "Had questions about delivery.", "Is looking for a partner for three years.", "Was recommended by a supplier.",
    "Asks for a visit before any order.", "Buys small quantities, but often.", "Works with an outside consultant.",
    "Is to be written to and not called.", "Signed a letter of intent.", "Waits for approval from headquarters.",
)  # fmt: skip
