package io.graft.checkpoint.pytorch;

/**
 * One member of a zip archive, as the central directory tells it.
 *
 * @param name full name, with the top folder
 * @param method how the data are packed: {@link #STORED}, {@link #DEFLATED} or one that is not read
 * @param crc CRC-32 of the data; 0 also where PyTorch was told to write none
 * @param packedSize bytes in the file
 * @param size bytes unpacked
 * @param headerOffset where the local header begins
 * @param entryOffset where its entry in the central directory begins
 */
record ZipMember(String name, int method, long crc, long packedSize, long size, long headerOffset, long entryOffset) {
    static final int STORED = 0;
    static final int DEFLATED = 8;

    ZipMember withChecksum(long other) {
        return new ZipMember(name, method, other, packedSize, size, headerOffset, entryOffset);
    }
}
