package io.graft.checkpoint.source.http;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.source.ContentRequest;
import io.graft.checkpoint.source.RemoteContent;
import io.graft.checkpoint.source.RemoteFile;
import io.graft.checkpoint.source.TransferException;
import io.graft.checkpoint.source.Version;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A file on a web server. Its client uses the proxies and the trust store that the JVM is told to. */
public final class HttpFile implements RemoteFile {
    private static final int MOST_REDIRECTS = 10;
    private static final Pattern COUNT = Pattern.compile("\\d{1,18}");

    private final URI uri;
    private final Optional<String> token;

    /**
     * @param token sent to the host of the URI, and to no other
     */
    public HttpFile(URI uri, Optional<String> token) {
        this.uri = uri;
        this.token = token;
    }

    @Override
    public String name() {
        return uri.getPath().substring(uri.getPath().lastIndexOf('/') + 1);
    }

    @Override
    public String sibling(String name) {
        try {
            URI plain = uri.resolve(new URI(null, null, "./" + name, null).getRawPath());
            String query = uri.getRawQuery();
            return query == null ? plain.toString() : plain + "?" + query;
        } catch (URISyntaxException impossible) {
            throw new IllegalArgumentException("`" + name + "` is no file name", impossible);
        }
    }

    @Override
    public RemoteContent open(ContentRequest request) throws IOException {
        URI target = uri;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpResponse<InputStream> response = send(target, request);
            if (!isRedirect(response)) {
                return new HttpAnswer(response, request).content();
            }
            response.body().close();
            target = next(target, response);
        }
        throw TransferException.lasting(
                Reason.UNREADABLE,
                "more than " + MOST_REDIRECTS + " redirects follow each other",
                "open the location in a browser to see where it leads");
    }

    private HttpResponse<InputStream> send(URI target, ContentRequest request) throws IOException {
        try {
            return Client.SHARED.send(request(target, request), HttpResponse.BodyHandlers.ofInputStream());
        } catch (HttpTimeoutException silent) {
            throw TransferException.passing(
                    "no answer came for " + request.idleTimeout().toMillis() + " ms (idle-timeout)", silent);
        } catch (ConnectException refused) {
            boolean unknown = Stream.<Throwable>iterate(refused, Objects::nonNull, Throwable::getCause)
                    .anyMatch(UnresolvedAddressException.class::isInstance);
            throw TransferException.passing(
                    unknown
                            ? "the host " + target.getHost() + " is not known"
                            : "the host " + target.getHost() + " takes no connection",
                    refused);
        } catch (IOException failed) {
            // the client lets what it cannot parse through as an exception of the JDK's own
            if (Stream.<Throwable>iterate(failed, Objects::nonNull, Throwable::getCause)
                    .anyMatch(RuntimeException.class::isInstance)) {
                throw unreadable(failed);
            }
            throw failed;
        } catch (IllegalArgumentException malformed) {
            throw unreadable(malformed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw TransferException.lasting(Reason.UNREACHABLE, "the download was interrupted", "", interrupted);
        }
    }

    private static TransferException unreadable(Exception cause) {
        return TransferException.lasting(
                Reason.MALFORMED,
                "what the server answers is no HTTP: a header such as Content-Length or Location has no valid value",
                "check the location; something between here and the server may have changed the answer",
                cause);
    }

    private HttpRequest request(URI target, ContentRequest request) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(withoutUser(target))
                .timeout(request.idleTimeout())
                .header("Accept", "*/*")
                .header("Accept-Encoding", "identity")
                .header("User-Agent", "graft");
        if (isSameHost(target)) {
            Credentials.of(uri, token, System.getenv()).ifPresent(value -> builder.header("Authorization", value));
        }
        Version version = request.version();
        if (request.resumes()) {
            builder.header("Range", "bytes=" + request.offset() + "-").header("If-Range", version.etag());
        } else if (!version.etag().isEmpty()) {
            builder.header("If-None-Match", version.etag());
        } else if (!version.lastModified().isEmpty()) {
            builder.header("If-Modified-Since", version.lastModified());
        }
        return builder.GET().build();
    }

    /** Whether the target is of the same scheme, host and port, so that it may be told what the first one may. */
    private boolean isSameHost(URI target) {
        return target.getScheme().equalsIgnoreCase(uri.getScheme())
                && target.getHost().equalsIgnoreCase(uri.getHost())
                && target.getPort() == uri.getPort();
    }

    private static boolean isRedirect(HttpResponse<?> response) {
        return switch (response.statusCode()) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    private static URI next(URI from, HttpResponse<?> response) throws TransferException {
        String location = response.headers().firstValue("Location").orElse("");
        URI next;
        try {
            next = from.resolve(new URI(location));
        } catch (URISyntaxException malformed) {
            throw TransferException.lasting(
                    Reason.UNREADABLE, "the server redirects to a place that is no URL", "", malformed);
        }
        boolean isHttp = "http".equalsIgnoreCase(next.getScheme());
        boolean isHttps = "https".equalsIgnoreCase(next.getScheme());
        if (location.isEmpty() || next.getHost() == null || !(isHttp || isHttps)) {
            throw TransferException.lasting(
                    Reason.UNREADABLE, "the server redirects to a place that is no URL of a web server", "");
        }
        if (isHttp && "https".equalsIgnoreCase(from.getScheme())) {
            throw TransferException.lasting(
                    Reason.REFUSED,
                    "the server redirects from https to http, where anybody on the way can change the file",
                    "give the location of a server that keeps to https");
        }
        return next;
    }

    private static URI withoutUser(URI target) {
        String user = target.getRawUserInfo();
        return user == null ? target : URI.create(target.toString().replaceFirst("//[^/?#@]*@", "//"));
    }

    @Override
    public void close() {
        // the client is shared; its connections close when they are idle
    }

    /** Made when the first file is fetched. */
    private static final class Client {
        static final HttpClient SHARED = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** A count, which is never negative; empty if the text is none. */
    static OptionalLong number(String text) {
        return COUNT.matcher(text).matches() ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }
}
