package io.graft.source.s3;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.ContentRequest;
import io.graft.checkpoint.source.RemoteContent;
import io.graft.checkpoint.source.RemoteFile;
import io.graft.checkpoint.source.TransferException;
import io.graft.checkpoint.source.Version;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** An object. The SDK retries nothing and checks no digest: both are done for every source alike. */
final class S3File implements RemoteFile {
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d+/(\\d{1,18})");

    private final S3Location location;
    private final S3Client client;
    private final DefaultCredentialsProvider credentials;

    private S3File(S3Location location, S3Client client, DefaultCredentialsProvider credentials) {
        this.location = location;
        this.client = client;
        this.credentials = credentials;
    }

    static S3File of(S3Location location, CheckpointRef ref) throws TransferException {
        Map<String, String> settings = ref.settings();
        Duration idle = ref.conditions().idleTimeout();
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(idle)
                        .socketTimeout(idle))
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .forcePathStyle(Boolean.parseBoolean(settings.get(S3Source.PATH_STYLE)))
                .overrideConfiguration(options -> options.retryStrategy(DefaultRetryStrategy.doNotRetry()));
        String endpoint = settings.get(S3Source.ENDPOINT);
        String region = settings.get(S3Source.REGION);
        if (endpoint != null) {
            builder.endpointOverride(URI.create(endpoint));
        }
        if (region != null) {
            builder.region(Region.of(region));
        } else {
            // another store ignores it, and to look for one would ask the network
            builder.region(endpoint != null ? Region.US_EAST_1 : usualRegion());
        }
        DefaultCredentialsProvider credentials = credentials();
        try {
            return new S3File(location, builder.credentialsProvider(credentials).build(), credentials);
        } catch (SdkException unusable) {
            throw TransferException.lasting(
                    Reason.UNREADABLE,
                    "the AWS SDK cannot be set up (" + words(unusable) + ")",
                    "check the settings of the AWS SDK, in the environment or in ~/.aws",
                    unusable);
        }
    }

    /** The region that any AWS tool would take here. */
    private static Region usualRegion() throws TransferException {
        try {
            return DefaultAwsRegionProviderChain.builder().build().getRegion();
        } catch (SdkException unknown) {
            throw TransferException.lasting(
                    Reason.UNREADABLE,
                    "nobody says in which AWS region the bucket is",
                    "set AWS_REGION, or AWS_PROFILE to a profile of ~/.aws/config that has a region, or `region` in"
                            + " `settings`",
                    unknown);
        }
    }

    /** Looks for them at once: what the SDK says when it has none lists every place where it has looked. */
    private static DefaultCredentialsProvider credentials() throws TransferException {
        DefaultCredentialsProvider provider =
                DefaultCredentialsProvider.builder().build();
        try {
            provider.resolveCredentials();
            return provider;
        } catch (SdkException unknown) {
            provider.close();
            throw TransferException.lasting(
                    Reason.UNREADABLE,
                    "nobody gives AWS credentials",
                    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE to a profile of ~/.aws",
                    unknown);
        }
    }

    @Override
    public String name() {
        return location.name();
    }

    @Override
    public String sibling(String name) {
        return location.sibling(name);
    }

    @Override
    public RemoteContent open(ContentRequest request) throws IOException {
        GetObjectRequest.Builder wanted =
                GetObjectRequest.builder().bucket(location.bucket()).key(location.key());
        if (request.resumes()) {
            wanted.range("bytes=" + request.offset() + "-")
                    .ifMatch(request.version().etag());
        } else if (!request.version().etag().isEmpty()) {
            wanted.ifNoneMatch(request.version().etag());
        }
        try {
            return body(client.getObject(wanted.build()));
        } catch (S3Exception refused) {
            return answer(refused, request);
        } catch (SdkClientException failed) {
            throw failed.getCause() instanceof IOException
                    ? TransferException.passing("no answer (" + words(failed.getCause()) + ")", failed)
                    : TransferException.lasting(
                            Reason.UNREADABLE,
                            words(failed),
                            "check the settings of the AWS SDK, in the environment or in ~/.aws",
                            failed);
        }
    }

    private static RemoteContent body(ResponseInputStream<GetObjectResponse> stream) {
        GetObjectResponse response = stream.response();
        Matcher range = RANGE.matcher(Objects.requireNonNullElse(response.contentRange(), ""));
        boolean isPart = range.matches();
        long offset = isPart ? Long.parseLong(range.group(1)) : 0;
        Long length = isPart ? Long.valueOf(range.group(2)) : response.contentLength();
        return new RemoteContent.Body(
                new AbortedStream(stream),
                offset,
                length == null ? OptionalLong.empty() : OptionalLong.of(length),
                new Version(Objects.requireNonNullElse(response.eTag(), ""), ""),
                Objects.requireNonNullElse(response.contentType(), ""));
    }

    private static RemoteContent answer(S3Exception refused, ContentRequest request) throws TransferException {
        int status = refused.statusCode();
        if (status == 304 && !request.resumes()) {
            return new RemoteContent.Unchanged();
        }
        // 412: the object is another now
        if ((status == 412 || status == 416) && request.resumes()) {
            return new RemoteContent.NothingMore();
        }
        throw Refusals.of(refused);
    }

    static String words(Throwable failed) {
        String message = failed.getMessage();
        return message == null || message.isBlank()
                ? failed.getClass().getSimpleName()
                : message.strip().lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        client.close();
        credentials.close();
    }
}
