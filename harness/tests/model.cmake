# The tests of the model and the judge.
foreach(subject managed fault callback exception unwinding leak repeat)
  exchain_add_test(model_${subject}_test SOURCES model_${subject}_test.c expected_traces.c programs.c LIBRARIES exchain_model exchain_scenario)
endforeach()
foreach(subject random unroll)
  exchain_add_test(model_${subject}_test SOURCES model_${subject}_test.c random_texts.c programs.c LIBRARIES exchain_model exchain_scenario)
endforeach()
exchain_add_test(outcome_test SOURCES outcome_test.c programs.c LIBRARIES exchain_model exchain_scenario)
exchain_add_test(judge_test SOURCES judge_test.c programs.c LIBRARIES exchain_judge exchain_scenario)
