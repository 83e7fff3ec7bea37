package io.graft.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A SHA-256 digest.
 *
 * @param hex 64 hexadecimal digits in lower case
 */
public record Sha256(String hex) {
    private static final String PREFIX = "sha256:";
    private static final int DIGITS = 64;

    /**
     * Reads a digest as publishers write it: in either case, with or without {@code sha256:} before it.
     *
     * @throws IllegalArgumentException if the text is none
     */
    public static Sha256 parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        String hex = lower.startsWith(PREFIX) ? lower.substring(PREFIX.length()) : lower;
        if (hex.length() != DIGITS || !hex.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException("`" + text + "` is no SHA-256 digest: "
                    + (hex.isEmpty() ? "it is empty" : "it needs 64 hexadecimal digits"));
        }
        return new Sha256(hex);
    }

    /** The digest of a file's content. */
    public static Sha256 of(Path file) throws IOException {
        MessageDigest digest = digest();
        byte[] block = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                digest.update(block, 0, read);
            }
        }
        return of(digest);
    }

    /** The digest of all bytes that came. */
    public static Sha256 of(MessageDigest taken) {
        return new Sha256(HexFormat.of().formatHex(taken.digest()));
    }

    /** The digest of bytes. */
    public static Sha256 of(byte[] content) {
        return new Sha256(HexFormat.of().formatHex(digest().digest(content)));
    }

    /** The digest of a text in UTF-8. */
    public static Sha256 ofText(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What takes the digest of bytes that come one after the other; {@link #of(MessageDigest)} ends it. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
