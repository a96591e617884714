using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("/app/shop|--password=a/b")]
    [InlineData("shop")]
    [InlineData("./shop|/app/other.dll")]
    [InlineData("/my app/shop|--port|80")]
    [InlineData("dotnet|shop.dll")]
    [InlineData("/usr/bin/dotnet|/app/shop.dll|--password|secret.dll")]
    [InlineData("dotnet|exec|/app/shop.dll")]
    [InlineData("dotnet|exec|--depsfile|/app/other.dll|--runtimeconfig|x.json|/app/shop.dll|other.dll")]
    [InlineData("dotnet|--roll-forward|Major|shop.dll")]
    [InlineData("dotnet|--unknown-switch|shop.dll")]
    [InlineData("dotnet|shop.exe")]
    [InlineData("shop: worker [http://user:secret@host/a]")]
    [InlineData("shop --password=a/b")]
    [InlineData("shop: worker||||")]
    public void ProgramIsNamedWithoutItsArguments(string arguments) =>
        Assert.Equal("shop", CommandLine.ParseProgramName(Joined(arguments)));

    [Theory]
    [InlineData("dotnet")]
    [InlineData("dotnet|build|secret.csproj")]
    [InlineData("dotnet|run|--project|secret.dll")]
    [InlineData("dotnet|exec|--depsfile")]
    [InlineData("dotnet|--info")]
    public void CommandOfTheSdkIsNamedAfterTheHost(string arguments) =>
        Assert.Equal("dotnet", CommandLine.ParseProgramName(Joined(arguments)));

    [Fact]
    public void DotsInsideTheAssemblyNameStay() =>
        Assert.Equal("Contoso.Shop.Web", CommandLine.ParseProgramName("dotnet\0/app/Contoso.Shop.Web.dll\0"));

    [Theory]
    [InlineData("")]
    [InlineData("\0\0")]
    [InlineData("/")]
    public void ProcessWithoutCommandLineHasNoName(string text) => Assert.Null(CommandLine.ParseProgramName(text));

    [Theory]
    [InlineData("/usr/bin/python3|/usr/bin/gunicorn|-w|4|--env|PASSWORD=a")]
    [InlineData("/usr/bin/python3.11|-u|-OO|/usr/bin/gunicorn|app:app")]
    [InlineData("python3|-m|gunicorn|app:app")]
    [InlineData("/usr/bin/node|/srv/gunicorn|--port|80")]
    [InlineData("/bin/sh|/usr/bin/gunicorn")]
    [InlineData("ruby3.1|gunicorn")]
    public void ScriptOfAnInterpreterIsNamedWithoutItsArguments(string arguments) =>
        Assert.Equal("gunicorn", CommandLine.ParseScriptName(Joined(arguments)));

    [Theory]
    [InlineData("")]
    [InlineData("python3")]
    [InlineData("python3|-c|print('secret')")]
    [InlineData("python3|-X|secret|app.py")]
    [InlineData("python3|-m")]
    [InlineData("bash|-c|secret")]
    [InlineData("node|-e|secret")]
    [InlineData("node|-m|secret")]
    [InlineData("perl|print 'secret'")]
    [InlineData("/app/shop|secret")]
    [InlineData("gunicorn: worker [secret]")]
    public void WhatMayBeAnArgumentIsNoScript(string arguments) => Assert.Null(CommandLine.ParseScriptName(Joined(arguments)));

    private static string Joined(string? arguments) => $"{arguments}\0".Replace('|', '\0');
}
