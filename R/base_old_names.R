# Names of before 0.3.0, which work for one more release and say so.

# Gives what came by an old name in the `...` of the function that calls this
# its new one: old_arguments(sample_data = "samples"). Returns those that are
# called as in `further`; any other is an error that names the nearest.
old_arguments <- function(..., further = character()) {
    old <- c(...)
    caller <- sys.parent()
    frame <- sys.frame(caller)
    more <- eval(quote(list(...)), frame)
    if (!length(more)) return(list())
    fun <- sys.function(caller)
    is_old <- names(more) %in% names(old)
    refuse_arguments(if (length(is_old)) more[!is_old] else more,
        paste0(name_of(fun), "()"), further, named_arguments(fun))
    for (name in names(more)[is_old]) {
        tell_old_argument(name, old[[name]], fun)
        assign(old[[name]], more[[name]], frame)
    }
    more[!is_old]
}

# The call of the function that calls this, with new names, where its first
# argument came by the old one: what stood beside it without a name would take
# its place.
renamed_call <- function(...) {
    old <- c(...)
    call <- sys.call(sys.parent())
    if (!names(old)[1L] %in% names(call)) return(NULL)
    tell_old_argument(names(old)[1L], old[[1L]], sys.function(sys.parent()))
    renamed(call, old)
}

tell_old_argument <- function(old, new, fun) {
    deprecated("`", old, "` of `", name_of(fun), "()` is called `", new,
        "` now")
}

# As it is exported: in a call of do.call() or lapply() stands the function
# itself, or `FUN`.
name_of <- function(fun) {
    home <- topenv()
    Find(function(name) identical(get(name, home), fun),
        getNamespaceExports(home))
}

deprecated <- function(...) {
    warning(structure(
        class = c("clustcr_warning_deprecated", "deprecatedWarning", "warning",
            "condition"),
        list(message = paste0(..., "; the old name goes with the next ",
            "release"), call = NULL)
    ))
}

# Columns of results that have other names now, by the results' class.
old_columns <- list(
    clustcr_summary = c(samples = "n_samples"),
    clustcr_audit = c(name = "repertoire_id"),
    clustcr_association = c(penalised = "penalized"),
    clustcr_batches = c(name = "repertoire_id")
)

# `x` by new names, of what was stored before.
renamed <- function(x, old) {
    at <- match(names(x), names(old))
    names(x)[!is.na(at)] <- old[at[!is.na(at)]]
    x
}

# A table of before by its new columns.
with_new_columns <- function(x, of) {
    old <- old_columns[[of]]
    old <- old[names(old) %in% names(x) & !old %in% names(x)]
    for (name in names(old)) tell_old_column(name, old[[name]])
    renamed(x, old)
}

new_column <- function(x, name) {
    if (!is.character(name) || length(name) != 1L || name %in% names(x)) {
        return(name)
    }
    old <- unlist(unname(old_columns[intersect(class(x), names(old_columns))]))
    if (!name %in% names(old) || !old[[name]] %in% names(x)) return(name)
    tell_old_column(name, old[[name]])
    old[[name]]
}

tell_old_column <- function(old, new) {
    deprecated("the column `", old, "` is called `", new, "` now")
}

# As of a data.frame, the beginning of a name is enough.
`$.clustcr_summary` <- function(x, name) {
    .subset2(x, new_column(x, name), exact = FALSE)
}
`$.clustcr_audit` <- `$.clustcr_summary`
`$.clustcr_association` <- `$.clustcr_summary`
`$.clustcr_batches` <- `$.clustcr_summary`
`[[.clustcr_summary` <- function(x, i, ...) {
    i <- new_column(x, i)
    class(x) <- setdiff(class(x), names(old_columns))
    x[[i, ...]]
}
`[[.clustcr_audit` <- `[[.clustcr_summary`
`[[.clustcr_association` <- `[[.clustcr_summary`
`[[.clustcr_batches` <- `[[.clustcr_summary`
