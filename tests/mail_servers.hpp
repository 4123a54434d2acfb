// Postfix and Dovecot from Debian's packages, for tests: on free ports of this machine, in a folder of their own, with TLS by a
// certificate made for them. Two mailboxes: sam@brightroof.example and asha@example.com, password "made-up".
#pragma once

#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "base/json.hpp"
#include "base/text.hpp"

namespace overture::testing {

class MailServers {
public:
    /// Why they cannot be started here; empty when they can.
    static std::string hindrance() {
        if (::geteuid() != 0) return "Postfix starts as root only";
        for (const char* program : {"/usr/sbin/postfix", "/usr/sbin/dovecot", "/usr/bin/openssl"})
            if (!std::filesystem::exists(program))
                return std::string(program) + " is not installed: scripts/setup mail test";
        return {};
    }

    explicit MailServers(const std::string& folder)
        : folder_(folder), submission_(freePort()), pop_(freePort()) {
        writeEverything();
        dovecot_ = begin("exec /usr/sbin/dovecot -F -c " + folder_ + "/dovecot.conf");
        postfix_ = begin("exec /usr/sbin/postfix -c " + folder_ + "/postfix start-fg");
        listening_ = waitFor(submission_) && waitFor(pop_);
    }
    ~MailServers() {
        run("/usr/sbin/postfix -c " + folder_ + "/postfix stop");
        for (const auto child : {postfix_, dovecot_}) {
            ::kill(child, SIGTERM);
            ::waitpid(child, nullptr, 0);
        }
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    MailServers(const MailServers&) = delete;
    MailServers& operator=(const MailServers&) = delete;

    bool areListening() const { return listening_; }
    std::string logs() const {
        std::string all;
        for (const char* name : {"/postfix.log", "/dovecot.log", "/out"})
            if (std::filesystem::exists(folder_ + name)) all += readFile(folder_ + name);
        return all;
    }
    /// Settings of the smtp plugin for one of the two.
    Json settingsOf(const std::string& user) const {
        return {{"host", "127.0.0.1"},
                {"port", submission_},
                {"user", user},
                {"ca_file", folder_ + "/cert.pem"},
                {"mailbox", {{"host", "127.0.0.1"}, {"port", pop_}, {"user", user}}}};
    }

private:
    static int freePort() {
        const Poco::Net::ServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0));
        return socket.address().port();
    }
    pid_t begin(const std::string& line) const {
        const auto child = ::fork();
        if (child != 0) return child;
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        ::execl("/bin/sh", "sh", "-c", (line + " >>" + folder_ + "/out 2>&1").c_str(), nullptr);
        ::_exit(127);
    }
    void run(const std::string& line) const { ::waitpid(begin(line), nullptr, 0); }
    static bool waitFor(int port) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (std::chrono::steady_clock::now() < until) {
            try {
                const Poco::Net::StreamSocket socket(
                    Poco::Net::SocketAddress("127.0.0.1", static_cast<std::uint16_t>(port)));
                return true;
            } catch (const Poco::Net::NetException&) {
                ::poll(nullptr, 0, 20);  // nobody listens yet
            }
        }
        return false;
    }
    static void give(const std::string& path, const char* user) {
        const auto* entry = ::getpwnam(user);
        if (entry == nullptr || ::chown(path.c_str(), entry->pw_uid, entry->pw_gid) != 0)
            throw Error("the folder cannot be given to the user " + std::string(user), path);
    }

    void writeEverything() const {
        for (const char* name : {"", "/run", "/mail", "/queue", "/data", "/postfix"}) {
            std::filesystem::create_directories(folder_ + name);
            ::chmod((folder_ + name).c_str(), 0755);
        }
        give(folder_ + "/mail", "mail");
        give(folder_ + "/data", "postfix");
        run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
            "subjectAltName=IP:127.0.0.1 -keyout " +
            folder_ + "/key.pem -out " + folder_ + "/cert.pem");
        writeFile(folder_ + "/users", "sam@brightroof.example:made-up\nasha@example.com:made-up\n");
        writeFile(folder_ + "/boxes", "sam@brightroof.example sam/\nasha@example.com asha/\n");
        write("dovecot.conf", kDovecot);
        write("postfix/main.cf", kPostfix);
        write("postfix/master.cf", kServices);
    }
    /// @F is the folder, @S and @P the ports, @M the number of the user `mail`.
    void write(const std::string& name, std::string text) const {
        text = replaceAll(replaceAll(text, "@F", folder_), "@S", std::to_string(submission_));
        text = replaceAll(text, "@M", std::to_string(::getpwnam("mail")->pw_uid));
        writeFile(folder_ + "/" + name, replaceAll(text, "@P", std::to_string(pop_)));
    }

    static constexpr const char* kDovecot = R"(base_dir = @F/run
log_path = @F/dovecot.log
protocols = pop3
listen = 127.0.0.1
ssl = required
ssl_cert = <@F/cert.pem
ssl_key = <@F/key.pem
auth_mechanisms = plain login
first_valid_uid = 1
mail_location = maildir:@F/mail/%n
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u @F/users
}
userdb {
  driver = static
  args = uid=mail gid=mail home=@F/mail/%n
}
service pop3-login {
  inet_listener pop3 {
    port = 0
  }
  inet_listener pop3s {
    address = 127.0.0.1
    port = @P
    ssl = yes
  }
}
service auth {
  unix_listener @F/auth {
    mode = 0666
  }
}
)";
    static constexpr const char* kPostfix = R"(compatibility_level = 3.6
queue_directory = @F/queue
data_directory = @F/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = @F/postfix.log
maillog_file_prefixes = /tmp
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example
mydestination =
virtual_mailbox_domains = brightroof.example, example.com
virtual_mailbox_base = @F/mail
virtual_mailbox_maps = texthash:@F/boxes
virtual_uid_maps = static:@M
virtual_gid_maps = static:@M
virtual_minimum_uid = 1
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = @F/auth
smtpd_tls_cert_file = @F/cert.pem
smtpd_tls_key_file = @F/key.pem
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
)";
    static constexpr const char* kServices = R"(127.0.0.1:@S inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
)";

    const std::string folder_;
    const int submission_, pop_;
    pid_t dovecot_ = -1, postfix_ = -1;
    bool listening_ = false;
};

}  // namespace overture::testing
