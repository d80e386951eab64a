// libcurl's headers for Swift, and what Swift cannot call of them.
//
// curl_easy_setopt and curl_easy_getinfo take their value as a variadic argument, which Swift does not
// import. Each type of value has a `static inline` here with the prefix `reel_`.

#pragma once

#include <curl/curl.h>

static inline CURLcode reel_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode reel_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode reel_curl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode reel_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode reel_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

// The shape of both callbacks: bytes, size (1), count, the pointer that was set with them.
typedef size_t (*reel_curl_sink)(char *bytes, size_t size, size_t count, void *owner);

static inline CURLcode reel_curl_set_sink(CURL *easy, CURLoption option, reel_curl_sink value) {
    return curl_easy_setopt(easy, option, value);
}

// Only these two: CURLOPT_PROTOCOLS_STR came with 7.85, when CURLOPT_PROTOCOLS began to go out of use.
static inline CURLcode reel_curl_only_web(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static inline CURLMcode reel_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// When the request began to leave, in microseconds after the start; 0 where it never did.
static inline curl_off_t reel_curl_departure(CURL *easy) {
    curl_off_t time = 0;
    return curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &time) == CURLE_OK ? time : 0;
}
