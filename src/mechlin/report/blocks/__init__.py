"""What is told of results, block by block: each is data in a language, with one template of the same name.

The file and the workbench show the same blocks; a block knows neither.
"""
