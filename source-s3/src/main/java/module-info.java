import io.graft.checkpoint.source.CheckpointSource;
import io.graft.source.s3.S3Source;

/** Checkpoints in object stores that speak S3. */
// The digit is the store's name, not a version.
@SuppressWarnings("module")
module io.graft.source.s3 {
    requires io.graft.core;
    requires software.amazon.awssdk.auth;
    requires software.amazon.awssdk.awscore;
    requires software.amazon.awssdk.core;
    requires software.amazon.awssdk.http;
    requires software.amazon.awssdk.http.urlconnection;
    requires software.amazon.awssdk.regions;
    requires software.amazon.awssdk.retries;
    requires software.amazon.awssdk.services.s3;
    requires software.amazon.awssdk.utils;
    requires static com.google.auto.service;
    requires static org.jspecify;

    provides CheckpointSource with
            S3Source;
}
