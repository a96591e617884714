using System.Text.RegularExpressions;

namespace HeapDrift.Profiling.Proc;

/// <summary>
/// The program's own name from <c>/proc/PID/cmdline</c> (proc_pid_cmdline(5)), and nothing else of it: arguments carry passwords.
/// </summary>
internal static partial class CommandLine
{
    private const string DotnetHost = "dotnet";

    /// <summary>Options of the host that come before the program and take a value (<c>dotnet exec --help</c>).</summary>
    private static readonly HashSet<string> HostOptionsWithValue =
    [
        "--additionalprobingpath",
        "--additional-deps",
        "--depsfile",
        "--fx-version",
        "--roll-forward",
        "--roll-forward-on-no-candidate-fx",
        "--runtimeconfig",
    ];

    /// <summary>
    /// <c>shop</c> for <c>dotnet exec --depsfile x.json /app/shop.dll</c> and for the apphost <c>/app/shop</c>. Null for a process
    /// without a command line: a zombie or a kernel thread.
    /// </summary>
    /// <param name="text">Arguments that each end with a NUL.</param>
    public static string? ParseProgramName(string text)
    {
        string[] arguments = text.TrimEnd('\0').Split('\0');
        string program = arguments.Length > 1 ? FileName(arguments[0]) : FileName(WithoutTitle(arguments[0]));
        return program == DotnetHost ? ParseHostedName(arguments) ?? DotnetHost
            : program.Length > 0 ? program
            : null;
    }

    /// <summary>
    /// <c>gunicorn</c> for <c>/usr/bin/python3 /usr/bin/gunicorn -w 4</c> and for <c>python3 -m gunicorn</c>. Null for what is not run by a
    /// known interpreter, and after any option that is not known to stand alone: what follows might be its value, or a program's text.
    /// </summary>
    /// <param name="text">Arguments that each end with a NUL.</param>
    public static string? ParseScriptName(string text)
    {
        string[] arguments = text.TrimEnd('\0').Split('\0');
        string interpreter = FileName(arguments[0]);
        bool isPython = Python().IsMatch(interpreter);
        if (!isPython && !OtherInterpreter().IsMatch(interpreter))
        {
            return null;
        }

        int at = 1;
        while (isPython && at < arguments.Length && PythonSwitch().IsMatch(arguments[at]))
        {
            at++;
        }

        return arguments.AsSpan(Math.Min(at, arguments.Length)) switch
        {
            ["-m", string module, ..] when isPython => Plain(module),
            [['-', ..], ..] or [] => null,
            [string script, ..] => Plain(FileName(script)),
        };
    }

    /// <summary>
    /// A process that rewrites its title ("gunicorn: worker [shop]") leaves one argument with blanks, of which only the first word is
    /// sure to be a name. A path with blanks and no arguments looks the same and is cut short too.
    /// </summary>
    private static string WithoutTitle(string argument) => argument.Split(' ')[0].TrimEnd(':');

    /// <summary>Null for a command of the SDK, such as <c>dotnet build</c>.</summary>
    private static string? ParseHostedName(string[] arguments)
    {
        int at = arguments is [_, "exec", ..] ? 2 : 1;
        while (at < arguments.Length && arguments[at].StartsWith('-'))
        {
            at += HostOptionsWithValue.Contains(arguments[at]) ? 2 : 1;
        }

        return at < arguments.Length && Path.GetExtension(arguments[at]) is ".dll" or ".exe"
            ? Path.GetFileNameWithoutExtension(arguments[at])
            : null;
    }

    private static string? Plain(string name) => PlainName().IsMatch(name) ? name : null;

    [GeneratedRegex(@"^(python|pypy)[0-9.]*$")]
    private static partial Regex Python();

    [GeneratedRegex(@"^(node|nodejs|ruby|perl|php|sh|bash|dash)[0-9.]*$")]
    private static partial Regex OtherInterpreter();

    /// <summary>Switches without a value (<c>python3 --help</c>).</summary>
    [GeneratedRegex("^-[bBdEiIOPqsSuvx]+$")]
    private static partial Regex PythonSwitch();

    /// <summary>What programs are called; not what passwords and texts look like.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}$")]
    private static partial Regex PlainName();

    private static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];
}
