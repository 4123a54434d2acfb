#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "base/ids.hpp"
#include "store/database.hpp"

namespace overture::turn {

/// Lets many threads write as one: who comes while nobody of the organization is writing writes at once, alone; who comes
/// meanwhile waits, and the next one takes all that have gathered. So nothing waits when the engine is idle, and sets grow
/// by themselves under load. Any thread.
template <typename Item>
class Gather {
public:
    using Write = std::function<void(const OrganizationId&, const std::vector<Item*>&)>;
    explicit Gather(Write write, std::size_t most = 256) : write_(std::move(write)), most_(most) {}

    /// Returns when `item` has been written, perhaps by another thread. When the write of a set throws, each item is
    /// written alone, and only those that throw alone throw here; when the database is away, all of them throw at once.
    void submit(const OrganizationId& organization, Item& item) {
        Waiting mine;
        mine.item = &item;
        std::unique_lock lock(mutex_);
        auto& line = lines_[organization];
        line.waiting.push_back(&mine);
        while (!mine.done) {
            mine.changed.wait(lock, [&] { return mine.done || !line.writing; });
            if (!mine.done) lead(organization, line, lock);
        }
        lock.unlock();
        if (mine.fault) std::rethrow_exception(mine.fault);
    }

private:
    struct Waiting {
        Item* item = nullptr;
        bool done = false;
        std::exception_ptr fault;
        std::condition_variable changed;
    };
    struct Line {
        std::vector<Waiting*> waiting;
        bool writing = false;
    };

    void lead(const OrganizationId& organization, Line& line, std::unique_lock<std::mutex>& lock) {
        line.writing = true;
        const auto taken = take(line);
        lock.unlock();
        writeAll(organization, taken);
        lock.lock();
        line.writing = false;
        for (auto* waiting : taken) {
            waiting->done = true;
            waiting->changed.notify_one();
        }
        if (!line.waiting.empty()) line.waiting.front()->changed.notify_one();
    }

    std::vector<Waiting*> take(Line& line) {
        if (line.waiting.size() <= most_) return std::exchange(line.waiting, {});
        const auto end = line.waiting.begin() + static_cast<std::ptrdiff_t>(most_);
        std::vector<Waiting*> taken(line.waiting.begin(), end);
        line.waiting.erase(line.waiting.begin(), end);
        return taken;
    }

    void writeAll(const OrganizationId& organization, const std::vector<Waiting*>& taken) {
        std::vector<Item*> items;
        for (const auto* waiting : taken) items.push_back(waiting->item);
        try {
            write_(organization, items);
            return;
        } catch (const store::DatabaseError& error) {
            if (taken.size() == 1 || error.failure() == store::Failure::unavailable) {
                for (auto* waiting : taken) waiting->fault = std::current_exception();
                return;
            }
        } catch (...) {
            if (taken.size() == 1) {
                taken.front()->fault = std::current_exception();
                return;
            }
        }
        for (auto* waiting : taken) {
            try {
                write_(organization, {waiting->item});
            } catch (...) {
                waiting->fault = std::current_exception();
            }
        }
    }

    Write write_;
    std::size_t most_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<OrganizationId, Line> lines_;
};

}  // namespace overture::turn
