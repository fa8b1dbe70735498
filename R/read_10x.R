# 10x Genomics Cell Ranger: filtered_contig_annotations.csv and
# all_contig_annotations.csv of versions 2 to 9, and
# consensus_annotations.csv. Missing values are "None" up to version 4 and
# empty since; flags are True, TRUE or true.
# https://www.10xgenomics.com/support/software/cell-ranger (V(D)J annotations)
format_10x <- list(
    title = "10x contig annotations",
    needs = list("barcode", c("v_gene", "j_gene"), c("cdr3", "cdr3_aa")),
    columns = list(
        junction_aa = c("cdr3", "cdr3_aa"), v_call = "v_gene",
        j_call = "j_gene", duplicate_count = c("umis", "reads"),
        repertoire_id = c("sample", "sample_id", "donor"),
        sequence_id = "contig_id",
        locus = "chain", productive = "productive", cell_id = "barcode",
        is_cell = "is_cell"
    ),
    # A contig of which Cell Ranger does not know it has no whole V(D)J.
    blank_productive = FALSE
)

format_10x_consensus <- list(
    title = "10x consensus annotations",
    needs = list("consensus_id", "v_gene", "cdr3"),
    columns = list(
        junction_aa = "cdr3", v_call = "v_gene", j_call = "j_gene",
        duplicate_count = c("umis", "reads"), sequence_id = "consensus_id",
        locus = "chain", productive = "productive"
    ),
    blank_productive = FALSE
)
