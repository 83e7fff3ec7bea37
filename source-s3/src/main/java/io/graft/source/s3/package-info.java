/**
 * Checkpoints in object stores that speak S3, with the AWS SDK.
 *
 * <p>Loads no class of the SDK before something is fetched. Start reading at {@link io.graft.source.s3.S3Source}.
 */
package io.graft.source.s3;
