using HeapDrift.Profiling.Stacks;

namespace HeapDrift.Profiling.Tests.Stacks;

public sealed class FrameNameTests
{
    [Theory]
    [InlineData("Shop.Cart.Add(Int32, System.String)", "Shop.Cart.Add(int, string)")]
    [InlineData("Shop.Cart..ctor(System.String)", "Shop.Cart.Cart(string)")]
    [InlineData("Shop.Cart..cctor()", "static Shop.Cart.Cart()")]
    [InlineData("Shop.Cart.Finalize()", "Shop.Cart.~Cart()")]
    [InlineData("Shop.Cart.get_Total()", "Shop.Cart.Total.get()")]
    [InlineData("Shop.Cart.set_Total(Int32)", "Shop.Cart.Total.set(int)")]
    [InlineData("Shop.Cart.add_Changed(System.EventHandler)", "Shop.Cart.Changed.add(EventHandler)")]
    [InlineData("Shop.Cart.remove_Changed(System.EventHandler)", "Shop.Cart.Changed.remove(EventHandler)")]
    [InlineData("Shop.Cart.get_Item(System.String)", "Shop.Cart.this[].get(string)")]
    [InlineData("Shop.Cart.set_Item(System.String, Int32)", "Shop.Cart.this[].set(string, int)")]
    [InlineData("Shop.Cart.get_Item()", "Shop.Cart.Item.get()")]
    [InlineData("Shop.Cart.get_(Int32)", "Shop.Cart.get_(int)")]
    [InlineData("Shop.Cart.op_Addition(Shop.Cart, Shop.Cart)", "Shop.Cart.operator +(Cart, Cart)")]
    [InlineData("Shop.Cart.op_CheckedAddition(Shop.Cart, Shop.Cart)", "Shop.Cart.operator checked +(Cart, Cart)")]
    [InlineData("Shop.Cart.op_UnsignedRightShift(Shop.Cart, Int32)", "Shop.Cart.operator >>>(Cart, int)")]
    [InlineData("Shop.Cart.op_MultiplicationAssignment(Shop.Cart)", "Shop.Cart.operator *=(Cart)")]
    [InlineData("Shop.Cart.op_IncrementAssignment()", "Shop.Cart.operator ++()")]
    [InlineData("Shop.Cart.op_Explicit(Shop.Cart)", "Shop.Cart.explicit operator(Cart)")]
    [InlineData("Shop.Cart.op_Implicit(Shop.Cart)", "Shop.Cart.implicit operator(Cart)")]
    [InlineData("Shop.Cart.op_Unheard()", "Shop.Cart.op_Unheard()")]
    [InlineData("Shop.Cart+<AddAsync>d__12.MoveNext()", "Shop.Cart.AddAsync(...)")]
    [InlineData("Shop.Cart+<Items>d__22.<>m__Finally1()", "Shop.Cart.Items(...)")]
    [InlineData("Shop.Cart+<Items>d__22..ctor(Int32)", "Shop.Cart.Items.<state>(int)")]
    [InlineData("Shop.Cart+<Shop-ICart-Add>d__3.MoveNext()", "Shop.Cart.ICart.Add(...)")]
    [InlineData("Shop.Cart+<>c.<Load>b__16_0(Int32)", "Shop.Cart.Load.<lambda>(int)")]
    [InlineData("Shop.Cart+<>c__DisplayClass3_0.<Load>b__1(System.Object)", "Shop.Cart.Load.<lambda>(object)")]
    [InlineData("Shop.Cart+<>c__DisplayClass3_0..ctor()", "Shop.Cart.<closure>()")]
    [InlineData("Shop.Cart+<>c.<.ctor>b__2_0()", "Shop.Cart.Cart.<lambda>()")]
    [InlineData("Shop.Cart+<>c.<.cctor>b__2_0()", "static Shop.Cart.Cart.<lambda>()")]
    [InlineData("Shop.Cart+<>c.<get_Total>b__2_0()", "Shop.Cart.Total.get.<lambda>()")]
    [InlineData("Shop.Cart+<>c__DisplayClass18_0+<<LoadAsync>b__0>d.MoveNext()", "Shop.Cart.LoadAsync.<lambda>(...)")]
    [InlineData("Shop.Cart+<>c__DisplayClass21_0+<<CountAsync>g__TwiceAsync|0>d.MoveNext()", "Shop.Cart.CountAsync.TwiceAsync(...)")]
    [InlineData("Shop.Cart.<Main>g__Local|0_2(Int32)", "Shop.Cart.Main.Local(int)")]
    [InlineData("Shop.Cart.<CountFor>g__Twice|20_0(Int32, <>c__DisplayClass20_0 ByRef)", "Shop.Cart.CountFor.Twice(int)")]
    [InlineData("Shop.Cart.<CountFor>g__My_Twice|20_0()", "Shop.Cart.CountFor.My_Twice()")]
    [InlineData("Program.<Main>$(System.String[])", "Program.Main(string[])")]
    [InlineData("Program.<Main>(System.String[])", "Program.Main(string[])")]
    [InlineData("Program.<<Main>$>g__Outside|0_2(Int32)", "Program.Main.Outside(int)")]
    [InlineData("Program+<>c.<<Main>$>b__0_1()", "Program.Main.<lambda>()")]
    [InlineData("Program+<<Main>$>d__0.MoveNext()", "Program.Main(...)")]
    [InlineData("Shop.Order.<Clone>$()", "Shop.Order.Clone()")]
    [InlineData("Shop.Order.PrintMembers(System.Text.StringBuilder)", "Shop.Order.PrintMembers(StringBuilder)")]
    [InlineData("Shop.Order.get_EqualityContract()", "Shop.Order.EqualityContract.get()")]
    [InlineData("Shop.Order.<>n__0()", "Shop.Order.<>n__0()")]
    [InlineData(
        "Shop.<Shapes>F9B992BC30B28550ADEDC8F0681F67BF05B68367B56E9FB5674823C494EC847EC__Hidden.Run()", "Shop.Hidden.Run()")]
    [InlineData("<>f__AnonymousType0`2[[System.Int32, System.Private.CoreLib],[System.__Canon, System.Private.CoreLib]].ToString()", "<>f__AnonymousType0<int, _>.ToString()")]
    [InlineData("<PrivateImplementationDetails>.ComputeStringHash(System.String)", "<PrivateImplementationDetails>.ComputeStringHash(string)")]
    [InlineData("Shop.Cache`2[[System.__Canon],[System.Int32]].Get", "Shop.Cache<_, int>.Get(...)")]
    [InlineData("Shop.Cache`2.Get()", "Shop.Cache<_, _>.Get()")]
    [InlineData("Shop.Cache<System.String, Shop.Item>+Entry.Touch()", "Shop.Cache<string, Item>.Entry.Touch()")]
    [InlineData("Interop+Sys.Read(System.Runtime.InteropServices.SafeHandle, Byte*, Int32)", "Interop.Sys.Read(SafeHandle, byte*, int)")]
    [InlineData("Main()", "Main()")]
    [InlineData("0x7f001122", "0x7f001122(...)")]
    [InlineData("", "(...)")]
    public void OneTextIsReadAsCSharp(string runtime, string expected) => Assert.Equal(expected, FrameName.Of(RawFrame.Parse(runtime)).Text);

    /// <summary>Type, name and signature as ClrMD 4 and the runtime's events of .NET 10 told them of the same methods of tests/Targets/FrameShapes.</summary>
    [Theory]
    [InlineData(
        "Shop.Cache<System.__Canon, System.Int32>", "Get",
        "Shop.Cache`2[[System.__Canon, System.Private.CoreLib],[System.Int32, System.Private.CoreLib]].Get(System.__Canon)",
        "Shop.Cache`2[System.__Canon,System.Int32]", "Get", "instance !1  (!0)",
        "Shop.Cache<_, int>.Get(_)")]
    [InlineData(
        "Shop.Cache<System.Int32, System.__Canon>", "<Walk>g__Step|5_0[[System.__Canon, System.Private.CoreLib],[System.Int64, System.Private.CoreLib]]",
        "Shop.Cache`2[[System.Int32, System.Private.CoreLib],[System.__Canon, System.Private.CoreLib]].<Walk>g__Step|5_0[[System.__Canon, System.Private.CoreLib],[System.Int64, System.Private.CoreLib]](Int32, <>c__DisplayClass5_0`1<Int32,System.__Canon,System.__Canon> ByRef)",
        "Shop.Cache`2[System.Int32,System.__Canon]", "<Walk>g__Step|5_0", "generic int32  (!0,value class <>c__DisplayClass5_0`1<!0,!1,!!0>&)",
        "Shop.Cache<int, _>.Walk.Step(int)")]
    [InlineData(
        "Shop.Cache<System.Int32, System.__Canon>+<All>d__6<System.Int64>", "MoveNext",
        "Shop.Cache`2+<All>d__6`1[[System.Int32, System.Private.CoreLib],[System.__Canon, System.Private.CoreLib],[System.Int64, System.Private.CoreLib]].MoveNext()",
        "Shop.Cache`2+<All>d__6`1[System.Int32,System.__Canon,System.Int64]", "MoveNext", "instance bool  ()",
        "Shop.Cache<int, _>.All<long>(...)")]
    [InlineData(
        "Shop.Cache<System.__Canon, System.Int32>+<>c__DisplayClass4_0<System.__Canon>", "<Find>b__0",
        "Shop.Cache`2+<>c__DisplayClass4_0`1[[System.__Canon, System.Private.CoreLib],[System.Int32, System.Private.CoreLib],[System.__Canon, System.Private.CoreLib]].<Find>b__0(System.__Canon)",
        "Shop.Cache`2+<>c__DisplayClass4_0`1[System.__Canon,System.Int32,System.__Canon]", "<Find>b__0", "instance int32  (!0)",
        "Shop.Cache<_, int>.Find<_>.<lambda>(_)")]
    [InlineData(
        "Shop.Cache<System.__Canon, System.Int32>+Entry<System.__Canon>", "Touch",
        "Shop.Cache`2+Entry`1[[System.__Canon, System.Private.CoreLib],[System.Int32, System.Private.CoreLib],[System.__Canon, System.Private.CoreLib]].Touch(System.__Canon)",
        "Shop.Cache`2+Entry`1[System.__Canon,System.Int32,System.__Canon]", "Touch", "instance void  (!2)",
        "Shop.Cache<_, int>.Entry<_>.Touch(_)")]
    [InlineData(
        "Shop.Cart+Line", "Print",
        "Shop.Cart+Line.Print(Int32[], Int32[,], Int32 ByRef, Byte*, System.Collections.Generic.Dictionary`2<System.String,System.Collections.Generic.List`1<Shop.Item>>, System.Nullable`1<Int32>, System.ValueTuple`2<Int32,System.String>)",
        "Shop.Cart+Line", "Print",
        "instance void  (int32[],int32[,],int32&,unsigned int8*,class System.Collections.Generic.Dictionary`2<class System.String,class System.Collections.Generic.List`1<class Shop.Item>>,value class System.Nullable`1<int32>,value class System.ValueTuple`2<int32,class System.String>)",
        "Shop.Cart.Line.Print(int[], int[,], ref int, byte*, Dictionary<string, List<Item>>, int?, (int, string))")]
    [InlineData(
        "Shop.Cart", "System.Collections.Generic.IEnumerable<Shop.Item>.GetEnumerator", "Shop.Cart.System.Collections.Generic.IEnumerable<Shop.Item>.GetEnumerator()",
        "Shop.Cart", "System.Collections.Generic.IEnumerable<Shop.Item>.GetEnumerator", "instance class System.Collections.Generic.IEnumerator`1<class Shop.Item>  ()",
        "Shop.Cart.IEnumerable<Item>.GetEnumerator()")]
    [InlineData(
        "Shop.Cart", "System.Collections.ICollection.get_Count", "Shop.Cart.System.Collections.ICollection.get_Count()",
        "Shop.Cart", "System.Collections.ICollection.get_Count", "instance int32  ()",
        "Shop.Cart.ICollection.Count.get()")]
    [InlineData(
        "Shop.Cart", "CopyTo", "Shop.Cart.CopyTo(Shop.Subclass ByRef, IntPtr, UInt32)",
        "Shop.Cart", "CopyTo", "instance void  (class Shop.Subclass&,native int,unsigned int32)",
        "Shop.Cart.CopyTo(ref Subclass, nint, uint)")]
    public void BothEnginesGiveOneName(
        string clrMdType, string clrMdName, string clrMdSignature, string eventNamespace, string eventName, string eventSignature, string expected)
    {
        FrameName clrMd = FrameName.Of(new RawFrame { TypeName = clrMdType, MethodName = clrMdName, Signature = clrMdSignature });
        FrameName eventPipe = FrameName.Of(new RawFrame { TypeName = eventNamespace, MethodName = eventName, Signature = eventSignature });

        Assert.Equal(expected, clrMd.Text);
        Assert.Equal(expected, eventPipe.Text);
        Assert.Equal(clrMd.Stable, eventPipe.Stable);
    }

    [Fact]
    public void AGenericMethodHasItsArgumentsWhereTheRuntimeTellsThem()
    {
        var clrMd = new RawFrame
        {
            TypeName = "Shop.Money",
            MethodName = "Parse[[Shop.Money, FrameShapes]]",
            Signature = "Shop.Money.Parse[[Shop.Money, FrameShapes]](System.String)",
        };
        var eventPipe = new RawFrame { TypeName = "Shop.Money", MethodName = "Parse", Signature = "generic !!0  (class System.String)" };

        Assert.Equal("Shop.Money.Parse<Money>(string)", FrameName.Of(clrMd).Text);
        Assert.Equal("Shop.Money.Parse(string)", FrameName.Of(eventPipe).Text);
        Assert.Equal(FrameName.Of(clrMd).Stable, FrameName.Of(eventPipe).Stable);
    }

    [Theory]
    [InlineData("Shop.Cart+<AddAsync>d__12.MoveNext()", "Shop.Cart+<AddAsync>d__7.MoveNext()")]
    [InlineData("Shop.Cart+<>c__DisplayClass3_0.<Load>b__1(System.Object)", "Shop.Cart+<>c__DisplayClass12_4.<Load>b__0(System.Object)")]
    [InlineData("Shop.Cart.<Main>g__Local|0_2(Int32)", "Shop.Cart.<Main>g__Local|3_0(Int32)")]
    [InlineData("Shop.Cart+<>c.<Load>b__16_0(Int32)", "Shop.Cart+<>c.<Load>b__2_10(Int32)")]
    [InlineData("Shop.Cart.<>n__0()", "Shop.Cart.<>n__1()")]
    [InlineData("<>f__AnonymousType0`2[[System.Int32]].ToString()", "<>f__AnonymousType7`2[[System.Int32]].ToString()")]
    [InlineData("Shop.Cache`2[[System.Int32],[System.Int32]].Get(Int32)", "Shop.Cache`2[[System.__Canon],[System.Int32]].Get(System.__Canon)")]
    [InlineData("DynamicClass.lambda_method12(System.Object)", "DynamicClass.lambda_method7(System.Object)")]
    [InlineData("Shop.Load@12-1.Invoke(System.Object)", "Shop.Load@40.Invoke(System.Object)")]
    public void TheStableNameOutlivesARebuild(string before, string after) => Assert.Equal(Stable(before), Stable(after));

    [Theory]
    [InlineData("Shop.Cart.Add(Int32)", "Shop.Cart.Add(System.String)")]
    [InlineData("Shop.Cart.Add(Int32)", "Shop.Cart.Add(Int32, Int32)")]
    [InlineData("Shop.Cart.Add1()", "Shop.Cart.Add2()")]
    [InlineData("Shop.Cart.Add__1()", "Shop.Cart.Add__2()")]
    [InlineData("Shop.Cart.<Main>g__Local1|0_2()", "Shop.Cart.<Main>g__Local2|0_2()")]
    [InlineData("Shop.Cart+<AddAsync>d__12.MoveNext()", "Shop.Cart+<LoadAsync>d__12.MoveNext()")]
    [InlineData("Shop.Cart..ctor()", "Shop.Cart..cctor()")]
    [InlineData("Shop.Cart.get_Total()", "Shop.Cart.set_Total(Int32)")]
    [InlineData("Shop.Cart.get_Item()", "Shop.Cart.get_Item(Int32)")]
    [InlineData("Shop.Cart.Load()", "Shop.Cart+<>c.<Load>b__1_0()")]
    [InlineData("Shop.A.Load()", "Shop.B.Load()")]
    public void DifferentMethodsHaveDifferentStableNames(string one, string other) => Assert.NotEqual(Stable(one), Stable(other));

    private static string Stable(string signature) => FrameName.Of(RawFrame.Parse(signature)).Stable;
}
