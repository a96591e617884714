using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;

/// <summary>
/// Adds HeapDrift to a program without changing it: <c>DOTNET_STARTUP_HOOKS=/path/HeapDrift.StartupHook.dll</c>. The runtime calls
/// <see cref="Initialize"/> before Main (dotnet/runtime, docs/design/features/host-startup-hook.md), which asks for this name without a
/// namespace. Whatever goes wrong here, the program starts as it would have.
/// </summary>
[SuppressMessage("Design", "CA1050", Justification = "The name that the runtime asks for.")]
internal static class StartupHook
{
    private const int OldestRuntime = 10;
    private const string Instrumentation = "HeapDrift.Instrumentation";

    public static void Initialize()
    {
        try
        {
            if (Environment.Version.Major < OldestRuntime)
            {
                Complain($"the package needs .NET {OldestRuntime} and this is {Environment.Version}");
                return;
            }

            AssemblyLoadContext.Default.Resolving += LoadFromHere;
            AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(Instrumentation))
                .GetType($"{Instrumentation}.Hosting.UnhostedProgram", throwOnError: true)!
                .GetMethod("Arm", BindingFlags.Public | BindingFlags.Static)!
                .Invoke(null, null);
        }
#pragma warning disable CA1031 // An exception from here would end a program that never asked for us.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Complain((failure is TargetInvocationException { InnerException: { } cause } ? cause : failure).Message);
        }
    }

    /// <summary>Asked only for what the program itself does not have.</summary>
    private static Assembly? LoadFromHere(AssemblyLoadContext context, AssemblyName name)
    {
        string path = Path.Join(Path.GetDirectoryName(typeof(StartupHook).Assembly.Location), name.Name + ".dll");
        return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "There is no logger yet, and no other way to be heard.")]
    private static void Complain(string reason)
    {
        try
        {
            Console.Error.WriteLine(
                $"HeapDrift: SIGUSR2 is not armed in process {Environment.ProcessId}: {reason.ReplaceLineEndings(" ")}. The program runs as usual; `heapdrift capture --pid {Environment.ProcessId}` captures it from outside.");
        }
        catch (IOException)
        {
            // Standard error is closed: nobody listens.
        }
    }
}
