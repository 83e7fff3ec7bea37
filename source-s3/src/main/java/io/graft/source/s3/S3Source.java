package io.graft.source.s3;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.CheckpointSource;
import io.graft.checkpoint.source.LocatedCheckpoint;
import io.graft.checkpoint.source.SourceSetting;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Objects in Amazon S3, and in stores that speak its protocol: {@code s3://bucket/folder/model.safetensors}. Credentials and
 * region are found as the AWS SDK finds them: in the environment, system properties, {@code ~/.aws}, the role of the machine.
 */
@AutoService(CheckpointSource.class)
public final class S3Source implements CheckpointSource {
    static final String ENDPOINT = "endpoint";
    static final String REGION = "region";
    static final String PATH_STYLE = "path-style";

    /** As {@link java.util.ServiceLoader} needs it. */
    public S3Source() {}

    @Override
    public List<String> schemes() {
        return List.of("s3");
    }

    @Override
    public List<SourceSetting> settings() {
        return List.of(
                new SourceSetting(ENDPOINT, SourceSetting.Kind.TEXT, "the URL of a store that is not Amazon's"),
                new SourceSetting(REGION, SourceSetting.Kind.TEXT, "the region of the bucket"),
                new SourceSetting(
                        PATH_STYLE,
                        SourceSetting.Kind.FLAG,
                        "whether the bucket is put into the path, not the host's name"));
    }

    @Override
    public String server(CheckpointRef ref) {
        Map<String, String> environment = System.getenv();
        return Stream.of("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
                .flatMap(name -> Optional.ofNullable(environment.get(name)).stream())
                .findFirst()
                .orElse("");
    }

    @Override
    public void check(CheckpointRef ref) {
        S3Location.of(ref);
        if (ref.conditions().token().isPresent()) {
            throw new IllegalArgumentException("`" + ref.shown()
                    + "` takes no `token`; credentials come from the environment or from ~/.aws, as with any AWS tool");
        }
        String endpoint = ref.settings().get(ENDPOINT);
        if (endpoint != null && !isUrl(endpoint)) {
            throw new IllegalArgumentException(
                    "`" + endpoint + "` is no endpoint; write http:// or https:// and a host");
        }
    }

    @Override
    public LocatedCheckpoint locate(CheckpointRef ref) throws IOException {
        return S3File.of(S3Location.of(ref), ref);
    }

    private static boolean isUrl(String text) {
        try {
            URI uri = new URI(text);
            return uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        } catch (URISyntaxException malformed) {
            return false;
        }
    }
}
