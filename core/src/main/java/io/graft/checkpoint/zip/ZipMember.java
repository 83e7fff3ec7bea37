package io.graft.checkpoint.zip;

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
public record ZipMember(
        String name, int method, long crc, long packedSize, long size, long headerOffset, long entryOffset) {
    /** The method of data that lie in the file as they are. */
    public static final int STORED = 0;

    /** The method of Deflate. */
    public static final int DEFLATED = 8;
}
