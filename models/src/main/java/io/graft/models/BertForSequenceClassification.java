package io.graft.models;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import io.graft.models.arguments.Arguments;
import io.graft.models.bert.BertClassifier;
import io.graft.models.bert.BertClassifierConfig;
import java.nio.file.Path;
import java.util.Map;

/**
 * Makes a classifier of texts as transformers' {@code BertForSequenceClassification} is: {@linkplain Bert BERT} with its pooler under the
 * name {@code bert}, and a linear layer, {@code classifier}.
 *
 * <p>Takes what BERT does; gives {@code logits}, [B, labels]. Its arguments are those of BERT but for the pooler's, {@code num-labels},
 * which a {@code config.json} tells by its {@code id2label}, and {@code classifier-dropout}.
 */
public final class BertForSequenceClassification implements BlockFactory {
    private static final long serialVersionUID = 1L;

    /** As a configuration makes it. */
    public BertForSequenceClassification() {}

    /**
     * {@inheritDoc}
     *
     * @throws io.graft.djl.BlockArgumentsException if an argument is unknown or wrong
     */
    @Override
    public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
        return BertClassifier.bert(new Arguments(BertForSequenceClassification.class, folder, arguments)
                .bind(BertClassifierConfig.Reader.BERT));
    }
}
