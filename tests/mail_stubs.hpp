// Small mail servers for tests, in plain text on this machine: one answers SMTP as it is told to and keeps what it got, one
// gives out POP3 mail.
#pragma once

#include <Poco/Net/DialogSocket.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace overture::testing {

/// Takes connections one after the other until it ends.
class LineServer {
public:
    LineServer() : socket_(Poco::Net::SocketAddress("127.0.0.1", 0)) {}
    virtual ~LineServer() = default;
    int port() const { return socket_.address().port(); }

protected:
    virtual void serve(Poco::Net::DialogSocket& client) = 0;
    void start() {
        thread_ = std::thread([this] {
            while (!stopped_) {
                if (!socket_.poll(Poco::Timespan(0, 20000), Poco::Net::Socket::SELECT_READ)) continue;
                try {
                    Poco::Net::DialogSocket client(socket_.acceptConnection());
                    client.setReceiveTimeout(Poco::Timespan(5, 0));
                    serve(client);
                } catch (const Poco::Exception&) {
                    ++broken_;  // the other side has gone: what was said until then is what counts
                }
            }
        });
    }
    void stop() {
        stopped_ = true;
        if (thread_.joinable()) thread_.join();
    }

private:
    Poco::Net::ServerSocket socket_;
    std::atomic<bool> stopped_ = false;
    std::atomic<int> broken_ = 0;
    std::thread thread_;
};

class SmtpStub final : public LineServer {
public:
    /// By the command's first word, "greeting" and "." included; "drop" closes the connection instead.
    explicit SmtpStub(std::map<std::string, std::string> replies = {}) : replies_(std::move(replies)) {
        start();
    }
    ~SmtpStub() override { stop(); }
    std::vector<std::string> commands() const {
        const std::lock_guard lock(mutex_);
        return commands_;
    }
    /// As they were before dots were doubled.
    std::vector<std::string> messages() const {
        const std::lock_guard lock(mutex_);
        return messages_;
    }

    /// Waits until `count` messages have come, at most a minute.
    std::vector<std::string> waitFor(std::size_t count) {
        std::unique_lock lock(mutex_);
        came_.wait_for(lock, std::chrono::seconds(60), [&] { return messages_.size() >= count; });
        return messages_;
    }

private:
    std::string replyTo(const std::string& word, const std::string& otherwise) const {
        const auto found = replies_.find(word);
        return found == replies_.end() ? otherwise : found->second;
    }
    bool say(Poco::Net::DialogSocket& client, const std::string& reply) {
        if (reply == "drop") return false;
        client.sendMessage(reply);
        return true;
    }
    void serve(Poco::Net::DialogSocket& client) override {
        if (!say(client, replyTo("greeting", "220 stub"))) return;
        std::string line;
        while (client.receiveMessage(line)) {
            const auto word = line.substr(0, line.find(' '));
            {
                const std::lock_guard lock(mutex_);
                commands_.push_back(line);
            }
            if (word == "QUIT") return client.sendMessage("221 bye");
            if (!say(client, replyTo(word, word == "EHLO"   ? "250-stub\r\n250 AUTH PLAIN"
                                           : word == "AUTH" ? "235 in"
                                           : word == "DATA" ? "354 go on"
                                                            : "250 fine")))
                return;
            if (word == "DATA" && replyTo("DATA", "354").starts_with("354") && !takeMessage(client)) return;
        }
    }
    bool takeMessage(Poco::Net::DialogSocket& client) {
        std::string message, line;
        while (client.receiveMessage(line) && line != ".")
            message += (line.starts_with("..") ? line.substr(1) : line) + "\r\n";
        if (line != ".") return false;  // it ended in the middle
        {
            const std::lock_guard lock(mutex_);
            messages_.push_back(message);
        }
        came_.notify_all();
        return say(client, replyTo(".", "250 taken"));
    }

    const std::map<std::string, std::string> replies_;
    mutable std::mutex mutex_;
    std::condition_variable came_;
    std::vector<std::string> commands_, messages_;
};

/// One mailbox; a message goes when it was marked and the session ended with QUIT.
class PopStub final : public LineServer {
public:
    PopStub() { start(); }
    ~PopStub() override { stop(); }
    void put(const std::string& message) {
        const std::lock_guard lock(mutex_);
        messages_["u" + std::to_string(++count_)] = message;
    }
    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return messages_.size();
    }
    /// What PASS is answered from now on.
    void atPassword(const std::string& reply) {
        const std::lock_guard lock(mutex_);
        password_ = reply;
    }
    /// The connection ends at the next such command, before an answer; once.
    void dropAt(const std::string& word) {
        const std::lock_guard lock(mutex_);
        dropAt_ = word;
    }

private:
    void serve(Poco::Net::DialogSocket& client) override {
        client.sendMessage("+OK stub");
        std::vector<std::string> ids, marked;
        std::string line;
        while (client.receiveMessage(line)) {
            const std::lock_guard lock(mutex_);
            const auto word = line.substr(0, line.find(' '));
            const auto number =
                line.size() > word.size() ? static_cast<std::size_t>(std::atoi(&line[word.size() + 1])) : 0;
            if (word == dropAt_) return dropAt_.clear();
            if (word == "PASS") {
                for (const auto& [id, message] : messages_) ids.push_back(id);
                client.sendMessage(password_);
            } else if (word == "CAPA") {
                client.sendMessage("+OK\r\nUSER\r\nUIDL\r\nTOP\r\n.");
            } else if (word == "UIDL" || word == "LIST") {
                client.sendMessage("+OK");
                for (std::size_t i = 0; i < ids.size(); ++i)
                    client.sendMessage(std::to_string(i + 1) + " " +
                                       (word == "UIDL" ? ids[i] : std::to_string(messages_[ids[i]].size())));
                client.sendMessage(".");
            } else if (word == "RETR" || word == "TOP") {
                client.sendMessage("+OK\r\n" + dotted(messages_[ids.at(number - 1)]) + ".");
            } else if (word == "DELE") {
                marked.push_back(ids.at(number - 1));
                client.sendMessage("+OK");
            } else if (word == "QUIT") {
                for (const auto& id : marked) messages_.erase(id);
                return client.sendMessage("+OK");
            } else {
                client.sendMessage("+OK");
            }
        }
    }
    static std::string dotted(const std::string& message) {
        std::string text = message.starts_with('.') ? "." : "";
        for (std::size_t i = 0; i < message.size(); ++i) {
            text += message[i];
            if (message[i] == '\n' && i + 1 < message.size() && message[i + 1] == '.') text += '.';
        }
        return text;
    }

    mutable std::mutex mutex_;
    std::map<std::string, std::string> messages_;
    int count_ = 0;
    std::string password_ = "+OK in", dropAt_;
};

}  // namespace overture::testing
