"""Writes small databases in MaxMind's format: a binary trie over the bits of addresses, and the data that it leads to."""
import ipaddress
import struct


def encode(value):
    """Strings, integers (32 bits; a tuple (bits, number) for others), lists and mappings, none longer than 28."""
    def control(kind, size):
        return bytes([kind << 5 | size]) if kind <= 7 else bytes([size, kind - 7])
    if isinstance(value, str):
        return control(2, len(value.encode())) + value.encode()
    if isinstance(value, int):
        value = (32, value)
    if isinstance(value, tuple):
        bits, number = value
        data = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return control({16: 5, 32: 6, 64: 9}[bits], len(data)) + data
    if isinstance(value, list):
        return control(11, len(value)) + b"".join(map(encode, value))
    return control(7, len(value)) + b"".join(encode(key) + encode(item) for key, item in value.items())


def database(networks):
    """`networks` maps "192.0.2.0/24" to what is known of it."""
    nodes = [[None, None]]
    data = b""
    for text, known in networks.items():
        network = ipaddress.ip_network(text)
        # IPv4 lies at ::a.b.c.d.
        length = network.prefixlen + (96 if network.version == 4 else 0)
        bits = f"{int(network.network_address):0128b}"[:length]
        at = 0
        for bit in map(int, bits[:-1]):
            if nodes[at][bit] is None:
                nodes.append([None, None])
                nodes[at][bit] = len(nodes) - 1
            at = nodes[at][bit]
        nodes[at][int(bits[-1])] = ("data", len(data))
        data += encode(known)

    def record(value):
        if value is None:
            return len(nodes)
        return value if isinstance(value, int) else len(nodes) + 16 + value[1]
    tree = b"".join(struct.pack(">II", record(left), record(right)) for left, right in nodes)
    metadata = {"node_count": len(nodes), "record_size": (16, 32), "ip_version": (16, 6), "database_type": "Test",
                "languages": ["en"], "binary_format_major_version": (16, 2), "binary_format_minor_version": (16, 0),
                "build_epoch": (64, 1), "description": {"en": "made by a test"}}
    return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + encode(metadata)
