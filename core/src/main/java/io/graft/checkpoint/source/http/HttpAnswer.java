package io.graft.checkpoint.source.http;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.source.ContentRequest;
import io.graft.checkpoint.source.RemoteContent;
import io.graft.checkpoint.source.TransferException;
import io.graft.checkpoint.source.Version;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a web server has answered, in the words of a source. */
record HttpAnswer(HttpResponse<InputStream> response, ContentRequest request) {
    private static final Pattern SENDABLE = Pattern.compile("[ -~]{0,1000}");
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d+/(\\d{1,18}|\\*)");

    RemoteContent content() throws IOException {
        int status = response.statusCode();
        if (status == 200) {
            return new RemoteContent.Body(
                    response.body(), 0, HttpFile.number(header("Content-Length")), version(), header("Content-Type"));
        }
        if (status == 206) {
            return part();
        }
        response.body().close();
        if (status == 304 && !request.resumes() && request.version().isKnown()) {
            return new RemoteContent.Unchanged();
        }
        if (status == 416 && request.resumes()) {
            return new RemoteContent.NothingMore();
        }
        throw refusal(status);
    }

    private RemoteContent part() throws IOException {
        Matcher range = RANGE.matcher(header("Content-Range"));
        if (!range.matches()) {
            response.body().close();
            throw TransferException.passing("the server sends a part and does not say which", Optional.empty());
        }
        OptionalLong total = HttpFile.number(range.group(2));
        return new RemoteContent.Body(
                response.body(), Long.parseLong(range.group(1)), total, version(), header("Content-Type"));
    }

    private TransferException refusal(int status) {
        String answers = "the server answers " + status;
        if (status == 204) {
            return TransferException.lasting(
                    Reason.MALFORMED, "empty response: " + answers, "check the location and that you may read it");
        }
        if (status == 408 || status == 429 || status >= 500) {
            return TransferException.passing(answers, retryAfter());
        }
        return switch (status) {
            case 401, 403, 407 ->
                TransferException.lasting(
                        Reason.UNREADABLE,
                        answers + ": it wants to know who asks, or does not let them",
                        "give `token`, or set "
                                + Credentials.variable(response.uri().getHost())
                                + " in the environment; without either nothing is sent");
            case 404, 410 -> TransferException.lasting(Reason.NOT_FOUND, answers, "check the location");
            default -> TransferException.lasting(Reason.UNREADABLE, answers, "check the location");
        };
    }

    /** The delay that the server asks for, in seconds or as a date, which counts from the server's own clock. */
    private Optional<Duration> retryAfter() {
        String value = header("Retry-After");
        OptionalLong seconds = HttpFile.number(value);
        if (seconds.isPresent()) {
            return Optional.of(Duration.ofSeconds(Math.min(seconds.getAsLong(), Integer.MAX_VALUE)));
        }
        return date(value).map(then -> {
            Duration wait = Duration.between(date(header("Date")).orElseGet(Instant::now), then);
            return wait.isNegative() ? Duration.ZERO : wait;
        });
    }

    private static Optional<Instant> date(String value) {
        try {
            return Optional.of(ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException none) {
            return Optional.empty();
        }
    }

    private Version version() {
        return new Version(sendable("ETag"), sendable("Last-Modified"));
    }

    /** A header that goes back to the server with the next request; empty if it has what no request may have. */
    private String sendable(String name) {
        String value = header(name);
        return SENDABLE.matcher(value).matches() ? value : "";
    }

    private String header(String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
