using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Text;

/// <summary>
/// Adds HeapDrift to a program that was built without it: <c>DOTNET_STARTUP_HOOKS=/path/HeapDrift.StartupHook.dll</c>. The runtime calls
/// <see cref="Initialize"/> before <c>Main</c> and ends the program if anything escapes, hence: nothing escapes. Name and shape are the
/// runtime's (docs/design/features/host-startup-hook.md in dotnet/runtime).
/// </summary>
internal static class StartupHook
{
    private const int OldestRuntime = 10;
    private const string Instrumentation = "HeapDrift.Instrumentation";
    private const string EntryPoint = Instrumentation + ".Hosting.UnhostedProgram";

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever escapes ends a program that was fine.")]
    public static void Initialize()
    {
        try
        {
            // In a container the executable inherits the worker's environment, and with it this hook.
            if (Assembly.GetEntryAssembly()?.GetName().Name == "heapdrift")
            {
                return;
            }

            if (Environment.Version.Major < OldestRuntime)
            {
                TellNotArmed($"it runs on {RuntimeInformation.FrameworkDescription}, the hook needs .NET {OldestRuntime}");
                return;
            }

            Arm();
        }
        catch (Exception failure)
        {
            Exception cause = failure.GetBaseException();
            TellNotArmed($"{cause.GetType().Name}: {cause.Message}");
        }
    }

    /// <summary>
    /// What the application has is shared with it, so that its host and logger are ours too. Only what it lacks, or has too old, comes
    /// from the hook's own folder, and into a context of its own: the application never gets to see an assembly that it did not bring.
    /// </summary>
    private static void Arm()
    {
        string folder = Path.GetDirectoryName(typeof(StartupHook).Assembly.Location)!;
        var context = new AssemblyLoadContext("HeapDrift");
        context.Resolving += (own, name) =>
        {
            string path = Path.Join(folder, name.Name + ".dll");
            return File.Exists(path) ? own.LoadFromAssemblyPath(path) : null;
        };

        // Without a version: of two, the application's is taken, whichever it is, lest both react to one signal.
        Type program = context.LoadFromAssemblyName(new AssemblyName(Instrumentation)).GetType(EntryPoint, throwOnError: true)!;
        program.GetMethod("Arm", BindingFlags.Static | BindingFlags.Public)!.CreateDelegate<Action>()();
    }

    private static void TellNotArmed(string reason)
    {
        string line = reason.ReplaceLineEndings(" ").TrimEnd(' ', '.');
        TryWriteError($"heapdrift: SIGUSR2 is not armed: {line}. From outside: heapdrift capture --pid {Environment.ProcessId}\n");
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "There is no logger yet. A FileStream would overwrite a redirected file.")]
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Nobody is left to tell.")]
    private static void TryWriteError(string text)
    {
        try
        {
            using Stream error = Console.OpenStandardError();
            error.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception)
        {
        }
    }
}
