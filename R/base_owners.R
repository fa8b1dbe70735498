# What floors above give to those below, which know none of them. An owner
# registers in its own file; files of the ground floor are loaded before.
#
# kind "task": what workers do, function(task), by the task's `what`
# kind "guard": how a directory is held while its store is removed,
#     function(directory, wait, remove), which calls remove()
# kind "beside": removes what lies beside a store, function(directory)
owners <- new.env(parent = emptyenv())

register <- function(kind, name, fun) {
    owners[[kind]][[name]] <- fun
}

# A list of functions, by name.
registered <- function(kind) owners[[kind]]
