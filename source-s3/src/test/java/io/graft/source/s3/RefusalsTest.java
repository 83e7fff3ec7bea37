package io.graft.source.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.source.TransferException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Answers that a store in a test does not give by itself. */
class RefusalsTest {
    private static TransferException refusal(int status, String code) {
        SdkHttpResponse response = SdkHttpResponse.builder()
                .statusCode(status)
                .putHeader("Retry-After", "7")
                .build();
        AwsErrorDetails details = AwsErrorDetails.builder()
                .errorCode(code)
                .sdkHttpResponse(response)
                .build();
        return Refusals.of((S3Exception) S3Exception.builder()
                .statusCode(status)
                .awsErrorDetails(details)
                .build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "301 | PermanentRedirect | check the region of the bucket: set AWS_REGION, or `region` in `settings`",
                "400 | AuthorizationHeaderMalformed | check the region of the bucket: set AWS_REGION, or `region` in `settings`",
                "405 | MethodNotAllowed | check bucket and key"
            })
    void whatAskingAgainDoesNotChangeIsFinal(int status, String code, String help) {
        TransferException refusal = refusal(status, code);
        assertEquals("the store answers " + status + " " + code, refusal.detail());
        assertEquals(help, refusal.help());
        assertEquals(false, refusal.isPassing());
    }

    @ParameterizedTest
    @CsvSource({"408, RequestTimeout", "429, TooManyRequests", "500, InternalError", "503, SlowDown"})
    void aStoreThatIsBusyIsAskedAgainWhenItSays(int status, String code) {
        TransferException refusal = refusal(status, code);
        assertEquals("the store answers " + status + " " + code, refusal.detail());
        assertEquals(true, refusal.isPassing());
        assertEquals(Optional.of(Duration.ofSeconds(7)), refusal.retryAfter());
    }
}
