# The tests of exploring.
exchain_add_test(explore_space_test SOURCES explore_space_test.c explore_belongs.c programs.c LIBRARIES exchain_explore exchain_model exchain_scenario)
exchain_add_test(explore_predict_test SOURCES explore_predict_test.c programs.c LIBRARIES exchain_explore exchain_model exchain_scenario)
