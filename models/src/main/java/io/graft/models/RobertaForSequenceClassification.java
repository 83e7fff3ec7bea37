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
 * Makes a classifier of texts as transformers' {@code RobertaForSequenceClassification} is: {@linkplain Roberta RoBERTa} without a pooler
 * under the name {@code roberta}, and two linear layers, {@code classifier.dense} and {@code classifier.out_proj}.
 *
 * <p>Takes what RoBERTa does; gives {@code logits}, [B, labels]. Its arguments are those of RoBERTa but for the pooler's, {@code
 * num-labels}, which a {@code config.json} tells by its {@code id2label}, and {@code classifier-dropout}.
 */
public final class RobertaForSequenceClassification implements BlockFactory {
    private static final long serialVersionUID = 1L;

    /** As a configuration makes it. */
    public RobertaForSequenceClassification() {}

    /**
     * {@inheritDoc}
     *
     * @throws io.graft.djl.BlockArgumentsException if an argument is unknown or wrong
     */
    @Override
    public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
        return BertClassifier.roberta(new Arguments(RobertaForSequenceClassification.class, folder, arguments)
                .bind(BertClassifierConfig.Reader.ROBERTA));
    }
}
