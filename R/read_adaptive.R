# Adaptive Biotechnologies immunoSEQ, in both styles of columns: those of
# Analyzer 1 and 2 (aminoAcid) and of Analyzer 3 (amino_acid).
# immunoSEQ Analyzer manual, "sample export". Where the gene is "unresolved",
# the genes that tie for it stand in a column of their own, and the family in
# another.
format_adaptive <- list(
    title = "Adaptive immunoSEQ export",
    needs = list(
        "aminoAcid", c("vMaxResolved", "vGeneName", "sequenceStatus")
    ),
    columns = list(
        junction_aa = "aminoAcid",
        v_call = c("vMaxResolved", "vGeneName", "vGeneNameTies",
            "vFamilyName", "vFamilyTies"),
        j_call = c("jMaxResolved", "jGeneName", "jGeneNameTies",
            "jFamilyName", "jFamilyTies"),
        duplicate_count = c("count (templates/reads)", "count (templates)",
            "count (reads)", "count"),
        repertoire_id = c("sample_name", "sampleName"),
        productive = "sequenceStatus"
    )
)

format_adaptive_v2 <- list(
    title = "Adaptive immunoSEQ export",
    needs = list("amino_acid", c("v_resolved", "v_gene", "frame_type")),
    columns = list(
        junction_aa = "amino_acid",
        v_call = c("v_resolved", "v_gene", "v_gene_ties", "v_family",
            "v_family_ties"),
        j_call = c("j_resolved", "j_gene", "j_gene_ties", "j_family",
            "j_family_ties"),
        # Templates are "null" where the assay does not count them.
        duplicate_count = c("templates", "seq_reads", "reads"),
        repertoire_id = "sample_name", locus = "locus",
        productive = "frame_type"
    )
)
