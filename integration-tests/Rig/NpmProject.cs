namespace PvExec.IntegrationTests.Rig;

/// <summary>The demo's JavaScript project and the packages it needs, prepared by <c>deploy/scripts/npm-project.sh</c>.</summary>
public static class NpmProject
{
    public const string Variable = "PV_EXEC_TEST_NPM_PROJECT";

    /// <summary>On this machine: <c>project</c> and npm's <c>cache</c> are in it.</summary>
    public static string Directory => Environment.GetEnvironmentVariable(Variable)
        ?? throw new InvalidOperationException($"{Variable} is not set: run 'make test', or set it to what deploy/scripts/npm-project.sh prints");
}
