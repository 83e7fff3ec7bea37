package io.graft.source.mlflow;

import io.graft.checkpoint.source.ContentRequest;
import io.graft.checkpoint.source.RemoteContent;
import io.graft.checkpoint.source.RemoteFile;
import io.graft.checkpoint.source.Version;
import java.io.IOException;

/**
 * A file of the model version that an alias, or {@code latest}, means by now. What is known of a file of another version says
 * nothing of this one, so each is told with the version's number.
 *
 * @param version the number
 */
record FileOfVersion(RemoteFile file, String version) implements RemoteFile {
    @Override
    public String name() {
        return file.name();
    }

    @Override
    public RemoteContent open(ContentRequest request) throws IOException {
        Version known = request.version();
        boolean isOurs = (known.etag() + known.lastModified()).endsWith(mark());
        if (request.resumes() && !isOurs) {
            return new RemoteContent.NothingMore();
        }
        Version asked = isOurs ? new Version(unmarked(known.etag()), unmarked(known.lastModified())) : Version.UNKNOWN;
        RemoteContent answer = file.open(new ContentRequest(request.offset(), asked, request.idleTimeout()));
        return answer instanceof RemoteContent.Body body
                ? new RemoteContent.Body(
                        body.bytes(), body.offset(), body.total(), marked(body.version()), body.contentType())
                : answer;
    }

    private String mark() {
        return " of version " + version;
    }

    private Version marked(Version plain) {
        return new Version(marked(plain.etag()), marked(plain.lastModified()));
    }

    private String marked(String text) {
        return text.isEmpty() ? "" : text + mark();
    }

    private String unmarked(String text) {
        return text.isEmpty() ? "" : text.substring(0, text.length() - mark().length());
    }

    @Override
    public String sibling(String name) {
        return file.sibling(name);
    }

    @Override
    public void close() {
        file.close();
    }
}
