"""The countries and currencies that addresses and amounts choose from.

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
