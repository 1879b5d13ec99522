#!/bin/sh
# make.sh FOLDER: makes the certificates of the tests, in a folder that is there; each NAME.pem has its NAME.key.
#
#   authority                     the one that clients trust
#     server     localhost, 127.0.0.1
#     other      other.test, *.wild.test
#     expired    localhost, until 2020
#     client     by which a client is known
#   stranger                      an authority that nobody trusts
#     unknown    localhost
set -eu
cd "$1"

cat > authority.cnf <<'TEXT'
[ca]
default_ca = authority
[authority]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = policy
copy_extensions = copy
[policy]
commonName = supplied
TEXT

key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

# authority NAME
authority() {
    openssl req -x509 $key -keyout "$1.key" -out "$1.pem" -days 3 -subj "/CN=$1" \
        -addext keyUsage=critical,keyCertSign
}

# certificate NAME AUTHORITY NAMES
certificate() {
    openssl req -x509 $key -keyout "$1.key" -out "$1.pem" -days 3 -subj "/CN=$1" -CA "$2.pem" -CAkey "$2.key" \
        -addext "subjectAltName=$3" -addext basicConstraints=critical,CA:FALSE
}

authority authority
authority stranger
certificate server authority DNS:localhost,IP:127.0.0.1
certificate other authority 'DNS:other.test,DNS:*.wild.test'
certificate client authority DNS:client
certificate unknown stranger DNS:localhost

: > index.txt
echo 01 > serial
openssl req $key -keyout expired.key -out expired.csr -subj /CN=localhost -addext subjectAltName=DNS:localhost
openssl ca -batch -config authority.cnf -cert authority.pem -keyfile authority.key -in expired.csr -out expired.pem \
    -startdate 20200101000000Z -enddate 20200201000000Z -notext
