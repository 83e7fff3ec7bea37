package io.graft.models;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import io.graft.models.arguments.Arguments;
import io.graft.models.distilbert.DistilBertClassifier;
import io.graft.models.distilbert.DistilBertClassifierConfig;
import java.nio.file.Path;
import java.util.Map;

/**
 * Makes a classifier of texts as transformers' {@code DistilBertForSequenceClassification} is: {@linkplain DistilBert DistilBERT} under the
 * name {@code distilbert}, and two linear layers, {@code pre_classifier} and {@code classifier}.
 *
 * <p>Takes what DistilBERT does; gives {@code logits}, [B, labels]. Its arguments are those of DistilBERT, {@code num-labels}, which a
 * {@code config.json} tells by its {@code id2label}, and {@code seq-classif-dropout}.
 */
public final class DistilBertForSequenceClassification implements BlockFactory {
    private static final long serialVersionUID = 1L;

    /** As a configuration makes it. */
    public DistilBertForSequenceClassification() {}

    /**
     * {@inheritDoc}
     *
     * @throws io.graft.djl.BlockArgumentsException if an argument is unknown or wrong
     */
    @Override
    public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
        return new DistilBertClassifier(new Arguments(DistilBertForSequenceClassification.class, folder, arguments)
                .bind(new DistilBertClassifierConfig.Reader()));
    }
}
