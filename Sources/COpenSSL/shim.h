// OpenSSL's digests for Swift. libcrypto is in the process anyway: libcurl brings it.

#pragma once

#include <openssl/evp.h>
