#include "campaign/columns.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/error.hpp"
#include "base/text.hpp"

namespace overture::campaign {
namespace {

struct Spelling {
    Field field;
    const char* names;  // folded, separated by spaces; within a field the earlier is asked first
};

constexpr Spelling kSpellings[] = {
    {Field::firstName,
     "firstname first givenname given forename fname christianname vorname prénom prenom nombre nombres "
     "primeiro "
     "primeironome nome voornaam förnamn fornavn etunimi imię imie имя नाम पहलानाम"},
    {Field::lastName,
     "lastname last surname familyname family lname secondname nachname familienname nomdefamille nom "
     "apellido "
     "apellidos sobrenome cognome achternaam efternamn etternavn sukunimi nazwisko фамилия उपनाम"},
    {Field::fullName,
     "fullname name contactname displayname person contact fullcontactname nomcomplet nombrecompleto "
     "nomecompleto "
     "vollername ansprechpartner पूरानाम"},
    {Field::phone,
     "mobile mobilephone mobilenumber mobileno cell cellphone cellnumber cellular handy handynummer mobil "
     "mobilnummer "
     "móvil movil celular portable telephoneportable téléphoneportable cellulare whatsapp whatsappnumber "
     "phone phonenumber "
     "phoneno phone1 primaryphone telephone telephonenumber telephoneno tel telefon telefonnummer rufnummer "
     "téléphone "
     "teléfono telefono telefone número numero numerodetelephone numérodetéléphone homephone phonehome "
     "msisdn फोन मोबाइल "
     "contactnumber number workphone businessphone officephone companyphone directphone directdial phone2 "
     "secondaryphone otherphone alternatephone"},
    {Field::email,
     "email emailaddress mail mailaddress emailid mailid emails email1 primaryemail correo correoelectronico "
     "correoelectrónico "
     "courriel adressemail adresseemail adressemél mél mel mailadresse emailadresse posta indirizzoemail "
     "correoe ईमेल "
     "personalemail workemail businessemail companyemail email2 secondaryemail"},
    {Field::country,
     "country countrycode countryname countryiso iso2 countryregion nation land ländercode landcode pays "
     "país pais paese देश"},
    {Field::state,
     "state province region stateprovince stateregion stateorprovince statecode usstate county bundesland "
     "kanton "
     "provincia estado département departement regione राज्य"},
    {Field::postalCode,
     "zip zipcode postalcode postcode postal plz postleitzahl codepostal codigopostal códigopostal cp cap "
     "cep pincode pin "
     "zippostalcode zippostal postnummer पिनकोड"},
    {Field::zone,
     "timezone timezoneid tz tzid zone timezonename zeitzone fuseauhoraire fuseau zonahoraria fusohorario "
     "समयक्षेत्र"},
    {Field::language,
     "language lang languagecode preferredlanguage locale sprache langue idioma lingua taal język भाषा"},
    {Field::company,
     "company companyname organisation organization organisationname organizationname account accountname "
     "business "
     "businessname employer firma unternehmen firmenname entreprise société societe empresa compañía azienda "
     "bedrijf कंपनी"},
    {Field::title,
     "title jobtitle job role position jobrole designation occupation funktion berufsbezeichnung poste "
     "fonction cargo puesto पद"},
    {Field::externalId,
     "externalid id customerid customernumber customerno contactid leadid crmid recordid personid clientid "
     "clientnumber "
     "uniqueid uid uuid reference kundennummer kundenid idclient numeroclient idcliente"},
    {Field::consent,
     "consent consentlevel consenttype consentgiven marketingconsent optin optedin marketingoptin permission "
     "einwilligung "
     "consentement consentimiento consenso सहमति"},
    {Field::consentSource,
     "consentsource consentproof optinsource sourceofconsent consentorigin consentmethod consenttext "
     "einwilligungsquelle"},
    {Field::consentDate,
     "consentdate consentedat consentat consenttime consenttimestamp optindate optintime optinat "
     "dateofconsent "
     "consentgivenat consentgivenon einwilligungsdatum"},
    {Field::doNotContact,
     "donotcontact dnc donotcall optout optedout unsubscribed unsubscribe suppressed suppress dontcontact "
     "donottext "
     "donotemail nocontact nocall hasoptedout emailoptout blacklist blacklisted sperre gesperrt désinscrit"},
};

// A consent column that speaks of one channel only: its words before or after "consent", "opt in".
constexpr std::pair<const char*, const char*> kChannels[] = {
    {"sms", "sms"},     {"text", "sms"},   {"email", "email"}, {"whatsapp", "whatsapp"},
    {"voice", "voice"}, {"call", "voice"}, {"phone", "voice"}, {"calls", "voice"},
};

const std::unordered_map<std::string, std::pair<Field, int>>& spellings() {
    static const auto* all = [] {
        auto* map = new std::unordered_map<std::string, std::pair<Field, int>>;
        for (const auto& [field, names] : kSpellings) {
            int rank = 0;
            for (const auto& name : split(names, ' ')) map->emplace(foldName(name), std::pair(field, rank++));
        }
        for (const auto& [word, channel] : kChannels)
            for (const char* form : {"consent", "optin", "optedin", "permission"})
                map->emplace(std::string(word) + form, std::pair(Field::consent, 100));
        return map;
    }();
    return *all;
}

std::string channelOf(const std::string& folded) {
    for (const auto& [word, channel] : kChannels)
        if (folded.starts_with(word)) return channel;
    return "*";
}

}  // namespace

std::string foldName(std::string_view text) {
    std::string out;
    for (const char c : foldCase(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
    }
    return out;
}

Column columnOf(const std::string& header) {
    Column column{Field::custom, header, "*", 0};
    auto folded = foldName(header);
    for (const char* prefix : {"", "contact", "lead", "customer", "person", "client", "primary", "your"}) {
        const std::string_view start(prefix);
        if (!folded.starts_with(start) || folded.size() == start.size()) continue;
        const auto found = spellings().find(folded.substr(start.size()));
        if (found == spellings().end()) continue;
        column.field = found->second.first;
        column.rank = found->second.second;
        if (column.field == Field::consent) column.channel = channelOf(found->first);
        break;
    }
    return column;
}

std::vector<Column> columnsOf(const std::vector<std::string>& header, const std::string& where) {
    std::vector<Column> columns;
    for (const auto& name : header) columns.push_back(columnOf(name));
    const bool reachable = std::any_of(columns.begin(), columns.end(), [](const Column& column) {
        return column.field == Field::phone || column.field == Field::email;
    });
    if (reachable) return columns;
    std::vector<std::string> found;
    for (const auto& name : header)
        if (found.size() < 12 && !name.empty())
            found.push_back(name.size() > 40 ? name.substr(0, 40) + "…" : name);
    throw Error("no column holds a phone number or an e-mail address; the header row has: " +
                    toValidUtf8(join(found, ", ")),
                where, "Name one column \"phone\" or \"email\".");
}

}  // namespace overture::campaign
