using PvExec.Cli;

return await CommandLine.RunAsync(args, Surroundings.OfThisProcess());
