#pragma once

#include "aws/sigv4.hpp"
#include "overture/plugin.hpp"

namespace overture::s3 {

using sdk::Json;

/// A bucket of a store that speaks the S3 API. Any thread.
class S3Storage final : public sdk::Storage {
public:
    S3Storage(sdk::Host host, Json settings);
    sdk::Answer put(const Json& request, std::string_view object, const sdk::Call& call) override;
    sdk::Answer get(const Json& request, const sdk::ObjectSink& sink, const sdk::Call& call) override;
    sdk::Answer remove(const Json& request, const sdk::Call& call) override;
    sdk::Answer link(const Json& request, const sdk::Call& call) override;

private:
    class Deadline;
    /// "https://bucket.s3.eu-west-1.amazonaws.com/", with the bucket.
    std::string bucketAt(const std::string& base) const;
    std::string store() const;
    std::string address(const std::string& key) const;
    aws::Credentials credentials() const;
    aws::Signing signing() const { return {region_, "s3", true}; }
    sdk::HttpAnswer exchange(sdk::HttpRequest request, const Deadline& deadline) const;
    sdk::Answer removeVersions(const std::string& key, const Deadline& deadline) const;

    const sdk::Host host_;
    const Json settings_;
    const std::string region_, bucket_, prefix_;
};

}  // namespace overture::s3
