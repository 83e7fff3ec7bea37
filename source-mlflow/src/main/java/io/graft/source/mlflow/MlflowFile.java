package io.graft.source.mlflow;

import io.graft.checkpoint.source.ContentRequest;
import io.graft.checkpoint.source.RemoteContent;
import io.graft.checkpoint.source.RemoteFile;
import java.io.IOException;

/**
 * An artifact, which other artifacts stand beside.
 *
 * @param file where its bytes come from
 * @param folder the MLflow URI of its folder, with a slash at the end
 */
record MlflowFile(RemoteFile file, String folder) implements RemoteFile {
    @Override
    public String name() {
        return file.name();
    }

    @Override
    public RemoteContent open(ContentRequest request) throws IOException {
        return file.open(request);
    }

    @Override
    public String sibling(String name) {
        return folder + name;
    }

    @Override
    public void close() {
        file.close();
    }
}
