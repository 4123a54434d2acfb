// RFC 5545 (iCalendar), RFC 5546 (its methods), RFC 6868 (quotes in parameters).
#include "base/text.hpp"
#include "base/time.hpp"
#include "meeting/meetings.hpp"

namespace overture::meeting {
namespace {

std::string utc(Instant at) {
    const auto text = toRfc3339(std::chrono::floor<seconds>(at));
    return replaceAll(replaceAll(text, "-", ""), ":", "");
}

/// A TEXT value (3.3.11); a control character that has no business there is dropped.
std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : replaceAll(toValidUtf8(text), "\r\n", "\n")) {
        if (c == '\n' || c == '\r')
            out += "\\n";
        else if (c == '\\' || c == ';' || c == ',')
            out += {'\\', c};
        else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)
            out += c;
    }
    return out;
}

/// A quoted parameter value.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : toValidUtf8(text)) {
        if (c == '"')
            out += "^'";
        else if (c == '^')
            out += "^^";
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            out += ' ';
        else
            out += c;
    }
    return out + "\"";
}

std::string address(const std::string& email) {
    std::string out = "mailto:";
    for (const char c : email)
        if (static_cast<unsigned char>(c) > 0x20 && c != 0x7f) out += c;
    return out;
}

/// Lines with CRLF, folded at 75 octets between characters.
class Lines {
public:
    void add(const std::string& line) {
        std::size_t width = 0;
        for (std::size_t i = 0; i < line.size();) {
            std::size_t length = 1;
            while (i + length < line.size() && (static_cast<unsigned char>(line[i + length]) & 0xc0) == 0x80)
                ++length;
            if (width + length > 75) {
                text_ += "\r\n ";
                width = 1;
            }
            text_ += line.substr(i, length);
            width += length;
            i += length;
        }
        text_ += "\r\n";
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

void open(Lines& lines, const std::string& method) {
    lines.add("BEGIN:VCALENDAR");
    lines.add("VERSION:2.0");
    lines.add("PRODID:-//Overture//Meetings//EN");
    lines.add("CALSCALE:GREGORIAN");
    lines.add("METHOD:" + method);
}

void addTimes(Lines& lines, const Meeting& meeting, Instant now) {
    lines.add("BEGIN:VEVENT");
    lines.add("UID:" + meeting.id.text());
    lines.add("SEQUENCE:" + std::to_string(meeting.sequence));
    lines.add("DTSTAMP:" + utc(now));
    lines.add("DTSTART:" + utc(meeting.from));
    lines.add("DTEND:" + utc(meeting.to));
    lines.add("SUMMARY:" + escaped(meeting.title));
}

const char* statusOf(const Meeting& meeting) {
    return meeting.state == "booked" ? "CONFIRMED" : meeting.state == "held" ? "TENTATIVE" : "CANCELLED";
}

}  // namespace

std::string invitation(const Meeting& meeting, const std::string& organizerName,
                       const std::string& attendeeName, const std::string& attendeeEmail,
                       const std::string& method, Instant now) {
    if (method != "REQUEST" && method != "CANCEL")
        throw Error("\"" + method + "\" is no method of an invitation", {}, "Use REQUEST or CANCEL.");
    Lines lines;
    open(lines, method);
    addTimes(lines, meeting, now);
    lines.add(std::string("STATUS:") + (method == "CANCEL" ? "CANCELLED" : statusOf(meeting)));
    lines.add("ORGANIZER;CN=" + quoted(organizerName) + ":" + address(meeting.managerEmail));
    lines.add("ATTENDEE;CN=" + quoted(meeting.managerName) +
              ";ROLE=CHAIR;PARTSTAT=ACCEPTED:" + address(meeting.managerEmail));
    if (!attendeeEmail.empty())
        lines.add("ATTENDEE;CN=" + quoted(attendeeName) +
                  ";ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:" + address(attendeeEmail));
    lines.add("END:VEVENT");
    lines.add("END:VCALENDAR");
    return lines.take();
}

std::string calendar(const std::vector<Meeting>& meetings, Instant now) {
    Lines lines;
    open(lines, "PUBLISH");
    for (const auto& meeting : meetings) {
        addTimes(lines, meeting, now);
        lines.add(std::string("STATUS:") + statusOf(meeting));
        lines.add("ORGANIZER;CN=" + quoted(meeting.managerName) + ":" + address(meeting.managerEmail));
        lines.add("END:VEVENT");
    }
    lines.add("END:VCALENDAR");
    return lines.take();
}

}  // namespace overture::meeting
