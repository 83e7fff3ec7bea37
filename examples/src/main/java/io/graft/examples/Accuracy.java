package io.graft.examples;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import io.graft.NamedTensor;
import io.graft.training.ModelTrainer;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** How many of the rows of a data set a classifier tells right. */
public final class Accuracy {
    private Accuracy() {}

    /** The fraction of rows whose largest output is that of their label. */
    public static double of(ModelTrainer trainer, Dataset data) throws IOException, TranslateException {
        long right = 0;
        long rows = 0;
        for (Batch batch : trainer.iterateDataset(data)) {
            try (batch) {
                NDArray told =
                        trainer.evaluate(batch.getData()).singletonOrThrow().argMax(1);
                NDArray labels = batch.getLabels().singletonOrThrow().toType(DataType.INT64, false);
                right += told.eq(labels).countNonzero().getLong();
                rows += batch.getSize();
            }
        }
        return (double) right / rows;
    }

    /** The same of outputs that a run has given, [rows, classes]. */
    public static double of(NamedTensor outputs, long... labels) throws IOException {
        int classes = (int) outputs.shape().dimension(1);
        FloatBuffer values = outputs.data()
                .window(0, Math.toIntExact(outputs.data().byteCount()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        int right = 0;
        for (int row = 0; row < labels.length; row++) {
            int largest = 0;
            for (int i = 1; i < classes; i++) {
                largest = values.get(row * classes + i) > values.get(row * classes + largest) ? i : largest;
            }
            right += largest == labels[row] ? 1 : 0;
        }
        return (double) right / labels.length;
    }
}
