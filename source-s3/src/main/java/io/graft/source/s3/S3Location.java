package io.graft.source.s3;

import io.graft.checkpoint.source.CheckpointRef;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in an object store.
 *
 * @param key as written: nothing in it is an escape
 */
record S3Location(String bucket, String key) {
    private static final Pattern URI = Pattern.compile("(?i:s3)://([^/]*)(?:/(.*))?", Pattern.DOTALL);

    /**
     * @throws IllegalArgumentException if the bucket or the key is missing
     */
    static S3Location of(CheckpointRef ref) {
        Matcher matcher = URI.matcher(ref.uri());
        String cause = "is no place in S3";
        if (matcher.matches()) {
            String key = matcher.group(2) == null ? "" : matcher.group(2);
            if (!matcher.group(1).isEmpty() && !key.isEmpty() && !key.endsWith("/")) {
                return new S3Location(matcher.group(1), key);
            }
            cause = matcher.group(1).isEmpty() ? "names no bucket" : "names no object in the bucket";
        }
        throw new IllegalArgumentException("`" + ref.shown() + "` " + cause + "; write s3://bucket/key");
    }

    /** The last step of the key. */
    String name() {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    /** The URI of another object in the same folder. */
    String sibling(String name) {
        return "s3://" + bucket + "/" + key.substring(0, key.lastIndexOf('/') + 1) + name;
    }
}
