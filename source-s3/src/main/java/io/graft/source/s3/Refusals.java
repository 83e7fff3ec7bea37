package io.graft.source.s3;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.source.TransferException;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What a store answers when it gives no object. */
final class Refusals {
    private Refusals() {}

    static TransferException of(S3Exception refused) {
        int status = refused.statusCode();
        AwsErrorDetails details = refused.awsErrorDetails();
        String code = details == null || details.errorCode() == null ? "" : " " + details.errorCode();
        String answers = "the store answers " + status + code;
        if (status == 408 || status == 429 || status >= 500) {
            return TransferException.passing(answers, retryAfter(details));
        }
        return switch (status) {
            case 404 -> TransferException.lasting(Reason.NOT_FOUND, answers, "check bucket and key");
            case 401, 403 ->
                TransferException.lasting(
                        Reason.UNREADABLE,
                        answers,
                        "check the credentials that the AWS SDK finds, and what they may read; a missing object may be"
                                + " answered so too");
            case 301, 307, 400 ->
                TransferException.lasting(
                        Reason.UNREADABLE,
                        answers,
                        "check the region of the bucket: set AWS_REGION, or `region` in `settings`");
            default -> TransferException.lasting(Reason.UNREADABLE, answers, "check bucket and key");
        };
    }

    private static Optional<Duration> retryAfter(AwsErrorDetails details) {
        return Optional.ofNullable(details)
                .map(AwsErrorDetails::sdkHttpResponse)
                .flatMap(response -> response.firstMatchingHeader("Retry-After"))
                .filter(value -> value.matches("\\d{1,9}"))
                .map(value -> Duration.ofSeconds(Long.parseLong(value)));
    }
}
