//! The suggester on sentences people say, and on anything at all.

use super::{SUGGEST_CHARS_MAX, SUGGESTIONS_MAX, Suggester};
use crate::catalogue::Catalogue;
use platform::Lang;
use proptest::prelude::*;
use std::sync::LazyLock;

static SUGGESTER: LazyLock<Suggester> = LazyLock::new(|| Suggester::new(&Catalogue::embedded()));

/// What was said, and the type a clerk would choose.
const SENTENCES: &[(&str, &str)] = &[
    // water
    ("家里停水了，什么时候来水啊", "P01001"),
    ("我们这栋楼从早上到现在一滴水都没有", "P01001"),
    ("早上起来发现没水，洗脸都洗不了", "P01001"),
    ("小区门口水管爆了，水喷得老高", "P01002"),
    ("田心路口自来水管破了，水流了一地", "P01002"),
    ("马路中间一直往外冒水，应该是地下水管裂了", "P01002"),
    ("自来水放出来是黄的，还有股怪味，水发黄能喝吗", "P01003"),
    ("六楼水压太低，洗澡热水器都打不着", "P01004"),
    ("这个月水费怎么这么高，水表是不是坏了", "P01005"),
    // power, gas, telecom
    ("停电了，整个小区都黑了", "P01006"),
    ("家里没电，电力公司电话打不进去", "P01006"),
    ("电线掉下来了，拖在地上冒火花，好危险", "P01007"),
    ("这边电压不稳，灯忽明忽暗的", "P01008"),
    ("楼道里好大的煤气味，是不是漏气了", "P01009"),
    ("厨房闻到天然气的味道，不敢开灯", "P01009"),
    ("家里没气了，灶台打不着火", "P01010"),
    ("宽带断了三天了，电信没人来修", "P01012"),
    ("我们村手机信号差，打电话断断续续", "P01013"),
    ("楼上的网线电话线乱得像蜘蛛网，都垂到二楼了", "P01014"),
    ("下水道堵了，污水冒到路上，臭死了", "P01015"),
    ("一楼卫生间地漏反水，粪水都倒灌进来了", "P01015"),
    // disputes
    ("楼上卫生间漏水，把我家天花板都泡了，找他不理", "P02002"),
    ("邻居把鞋柜放我门口，跟他说还骂人，经常吵架", "P02001"),
    ("房东不退押金", "P02005"),
    ("老板拖欠工资三个月不发", "P02006"),
    ("健身房办的卡，店跑路了，钱退不了", "P02007"),
    ("超市买到过期食品，不给退", "P02007"),
    ("我的车位天天被别人占了", "P02008"),
    ("我女儿被狗咬了，狗主人不承认", "P02011"),
    ("隔壁男的经常打老婆，刚才又在哭喊", "P02004"),
    // hazards
    ("楼道里堆满了纸箱子，走路都走不了", "P03001"),
    ("走廊堆了好多杂物，万一着火怎么跑", "P03001"),
    ("有人从三楼拉线下来给电动车充电", "P03002"),
    ("邻居把电瓶车推上楼放在家里充电", "P03002"),
    ("消防通道停满了车，消防车进不来", "09012"),
    ("楼里灭火器都过期了，消防栓没水", "P03003"),
    ("我妈被困在电梯里了，快来人", "P03004"),
    ("外墙瓷砖掉下来，差点砸到人", "P03005"),
    ("楼上有人高空抛物，扔啤酒瓶", "P03005"),
    ("房子墙体裂缝越来越大，怕塌", "P03006"),
    ("对面楼着火了，冒浓烟", "P03010"),
    ("楼下装修把承重墙砸了", "P03014"),
    ("大风把树吹倒了，压着一辆车", "P03017"),
    ("幼儿园门口车太多，孩子过马路太危险", "P03016"),
    // services
    ("我爸今年65岁了，怎么办老年证", "P04001"),
    ("残疾证到期了要换，人走不动怎么办", "P04002"),
    ("家里困难，想申请低保", "P04003"),
    ("医保怎么异地报销", "P04004"),
    ("养老金认证在手机上弄不来", "P04005"),
    ("下岗了想找工作，有没有培训", "P04006"),
    ("孩子要上小学，学区是哪个学校", "P04007"),
    ("老人一个人在家，腿脚不便，能不能来人看看", "P04009"),
    ("奶奶走丢了，穿红色衣服", "P04011"),
    ("想给老人家里装个扶手", "P04015"),
    // estates
    ("电梯又坏了，爬十八楼", "P05002"),
    ("3栋电梯停了两天没人修", "P05002"),
    ("楼道灯不亮，晚上黑漆漆的", "P05003"),
    ("单元门坏了关不上，谁都能进", "P05004"),
    ("小区没人打扫，楼道卫生很差", "P05005"),
    ("物业乱收费，物业费又涨了", "P05008"),
    ("顶楼漏雨，一下雨屋里就滴水", "P05011"),
    ("我们想成立业委会，怎么弄", "P05010"),
    ("什么时候轮到我们老旧小区改造", "P05014"),
    ("六层老楼想加装电梯", "P05016"),
    ("小区没有地方给电动车充电，能不能建个车棚", "P05015"),
    // living
    ("楼上半夜跑来跑去，吵得睡不着", "P06001"),
    ("隔壁天天打麻将到两点，噪音太大", "P06001"),
    ("中午休息时间装修电钻响个不停", "P06002"),
    ("广场舞音响声音太大，孩子没法写作业", "P06003"),
    ("有人遛狗不牵绳，吓到小孩", "P06004"),
    ("小区里好多流浪狗", "P06005"),
    ("化工厂晚上偷排废气，味道刺鼻", "P06008"),
    ("垃圾站旁边老鼠好多，能不能来灭鼠", "P06007"),
    // city
    ("路边一堆垃圾几天没人清", "06010"),
    ("垃圾桶满了没人倒，都溢出来了", "06042"),
    ("路灯不亮，晚上走路害怕", "01037"),
    ("路上有个大坑，骑车差点摔了", "06013"),
    ("人行道地砖松了，踩上去溅一身水", "06013"),
    ("井盖不见了，好危险", "01023"),
    ("人行道上停满了车，老人推轮椅过不去", "09009"),
    ("门口的红绿灯坏了，不亮", "02014"),
    ("顶楼住户私搭乱建阳光房", "06001"),
    ("饭店油烟直接往我家窗户排", "06027"),
    ("工地半夜还在施工，吵死了", "08001"),
    ("工地灰尘太大，窗户都不敢开", "08004"),
    ("墙上全是小广告", "07001"),
    ("楼下店把东西摆到人行道上卖", "09005"),
    ("有人在绿化带种菜", "06045"),
    ("河里的水又黑又臭", "06026"),
    ("有人在路边烧垃圾，烟好大", "06020"),
    ("旧沙发扔在路边没人管", "06035"),
    ("共享单车堆得到处都是，路都堵了", "09011"),
    ("装修垃圾堆在楼下一个月了", "06011"),
    ("有辆僵尸车停了两年，落满灰", "06034"),
    ("小区有人养鸡，天天凌晨打鸣", "06038"),
    ("小区健身器材坏了", "01046"),
    ("下大雨路口积水，车都淹了", "P08006"),
    // questions and getting about
    ("办居住证需要带什么材料", "P07002"),
    ("我们这片的网格员电话是多少", "P07003"),
    ("建议在小区门口增加一个斑马线", "P07004"),
    ("感谢网格员小李帮我妈妈办事", "P07005"),
    ("窗口工作人员态度差，踢皮球", "P07007"),
    ("这个事不知道归谁管", "P07008"),
    ("公交车半个小时都等不到一班", "P08001"),
    ("有车堵在门口，我的车出不来，帮忙挪车", "P08007"),
    // English
    ("No water in our building since this morning", "P01001"),
    ("A water pipe burst in front of gate 2", "P01002"),
    ("I smell gas in the stairwell", "P01009"),
    ("Street light is out on Jianshe Road", "01037"),
    ("There is a big pothole on the road", "06013"),
    ("Garbage has not been collected for three days", "06010"),
    ("My neighbour plays loud music at 2 am", "P06001"),
    ("The elevator is broken again", "P05002"),
    ("Power outage in the whole estate", "P01006"),
    ("Car parked on the sidewalk blocking the way", "09009"),
    ("Someone is trapped in the lift", "P03004"),
    ("stray dogs near the school gate", "P06005"),
    // said by others, written down after the words of the catalogue were fixed
    ("水龙头打开只有一点点水，洗个菜要半天", "P01004"),
    ("自来水有一股漂白粉味，烧开了也有", "P01003"),
    ("变压器那边砰的一声，整条街都没电了", "P01006"),
    ("电费突然翻了一倍，电表肯定有问题", "P01008"),
    ("燃气公司说好来安检，等了两天没来", "P01011"),
    ("wifi连不上，移动的宽带", "P01012"),
    ("厕所的水下不去，一冲就冒上来", "P01015"),
    ("楼上天天往下滴水，墙都发霉了", "P02002"),
    ("两家为了楼道的墙谁出钱刷，吵起来了", "P02001"),
    ("兄弟几个都不肯养老人", "P02003"),
    ("租的房子到期了房东扣着押金不给", "P02005"),
    ("干了半年活，包工头不给工钱", "P02006"),
    ("菜市场那家卖肉的缺斤少两", "P02007"),
    ("小孩被野狗咬了一口", "P02011"),
    ("三楼门口放了一堆旧家具，上楼都要侧着身子", "P03001"),
    ("好多电瓶车停在一楼楼梯口充电，太危险了", "P03002"),
    ("电梯卡在七楼，里面有两个人", "P03004"),
    ("楼上阳台的花盆快掉下来了", "P03005"),
    ("老房子墙上裂了条大缝", "P03006"),
    ("楼下早餐店放了好几个煤气罐", "P03007"),
    ("电线老化，插座老是冒火花", "P03008"),
    ("隔壁仓库里住了人，还在里面做饭", "P03009"),
    ("后山下雨往下滚石头", "P03012"),
    ("水塘边没有护栏，暑假好多小孩在那玩水", "P03013"),
    ("门口那棵大树歪了，刮风怕倒下来", "P03017"),
    ("80岁老人能领什么补贴", "P04001"),
    ("我腿残疾了想办个证", "P04002"),
    ("一个人带两个孩子，生活困难能不能申请救助", "P04003"),
    ("社保卡丢了怎么补", "P04005"),
    ("娃娃要上幼儿园，怎么报名", "P04007"),
    ("新生儿上户口要到哪里", "P04008"),
    ("我摔了腿下不了楼，想请人帮忙买菜", "P04009"),
    ("我妈老年痴呆，出门找不到家了", "P04011"),
    ("最近总是失眠，心情很低落", "P04012"),
    ("想问问公租房还能不能申请", "P04016"),
    ("社区医院什么时候可以打流感疫苗", "P04017"),
    ("附近有没有给老人送餐的", "P04018"),
    ("电梯老是抖，坐着害怕", "P05002"),
    ("楼梯间的声控灯坏了好久", "P05003"),
    ("门禁刷不了卡，进不去", "P05004"),
    ("楼道好久没人拖地了，脏得很", "P05005"),
    ("外来车辆把小区车位都占满了", "P05006"),
    ("小区里的草长得比人还高", "P05007"),
    ("物业保安什么都不管，打电话也没人接", "P05001"),
    ("屋面防水坏了，外墙渗水到屋里", "P05011"),
    ("小区广告收入从来不公开", "P05012"),
    ("水箱多久没洗了，泵房一直嗡嗡响", "P05013"),
    ("KTV唱到凌晨三点，整栋楼都听得见", "06028"),
    ("楼上小孩每天晚上蹦蹦跳跳，没法休息", "P06001"),
    ("周末一大早就装修，电锯声吵死人", "P06002"),
    ("狗在草坪上到处拉屎，主人也不捡", "P06004"),
    ("楼下有股说不出来的臭味，熏得头疼", "P06006"),
    ("树上有个马蜂窝", "P06007"),
    ("对面LED屏晚上亮得睡不着", "P06009"),
    ("半夜有人放鞭炮", "P06010"),
    ("下水道的铁盖子被车压翻了", "01023"),
    ("巷子里的灯全灭了，黑灯瞎火的", "01037"),
    ("马路上裂了一条大口子，车轮都卡进去", "06013"),
    ("小区门口全是生活垃圾，苍蝇乱飞", "06010"),
    ("垃圾箱爆满，好几天没来收", "06042"),
    ("轿车停在斑马线上", "09009"),
    ("公交站台的顶棚破了，下雨没地方躲", "02004"),
    ("马路中间的护栏被撞断了", "02017"),
    ("公共厕所脏得没法进", "03001"),
    ("一楼把公共绿地围起来种菜", "06045"),
    ("烧烤摊的烟全飘到楼上", "06029"),
    ("对面楼顶又在搭铁皮房子", "06001"),
    ("挖了路不填，晚上骑车摔了", "08003"),
    ("渣土车跑得飞快，一路掉泥", "08011"),
    ("路边有只死猫没人处理", "06037"),
    ("夜宵摊占了整条人行道", "09006"),
    ("路口积水到膝盖了", "P08006"),
    ("20路公交经常甩站不停", "P08001"),
    ("红灯太长绿灯太短，天天堵", "P08003"),
    ("出租车司机绕路还骂人", "P08002"),
    ("新开的政策，家电以旧换新怎么弄", "P07001"),
    ("周六办事大厅上不上班", "P07006"),
    ("上次我反映的事情处理得怎么样了", "P07009"),
    ("希望在河边增加几个休息的椅子", "P07004"),
    ("The manhole cover is gone, dangerous for kids", "01023"),
    ("traffic light not working at the crossing", "02014"),
    ("restaurant fumes come into my window", "06027"),
    ("construction site works all night, cannot sleep", "08001"),
    ("people leave boxes in the hallway", "P03001"),
    ("a tree fell on the road", "P03017"),
    ("my landlord will not return the deposit", "P02005"),
    ("sewage is coming up in our yard", "P01015"),
    ("where can I get a vaccine", "P04017"),
    // a third round, asked once with the words as they are now
    ("我家水管冻裂了，厨房全是水", "P01002"),
    ("今天自来水突然就没了，也没通知", "P01001"),
    ("电动车库的插线板烧焦了，没人换", "P03008"),
    ("晚上十点多还在小区跳广场舞", "P06003"),
    ("楼下垃圾没及时清运，苍蝇满天飞", "06010"),
    ("小区大门的道闸坏了，车进出不了", "P05004"),
    ("化粪池满了往外溢", "03003"),
    ("有人在消防通道上画了停车位", "09012"),
    ("隔壁装修把楼道当仓库堆水泥", "P03001"),
    ("下班路上看见电线垂得很低，快碰到头了", "P01007"),
    ("天然气灶点火有股臭味，关了阀门还有", "P01009"),
    ("村里的路灯装了从来没亮过", "01037"),
    ("人行道地砖翘起来绊倒老人", "06013"),
    ("河边有人偷偷倒建筑垃圾", "06011"),
    ("宠物狗在电梯里撒尿，主人不管", "P06004"),
    ("楼上空调水滴到我家雨棚，吵得睡不着", "P06001"),
    ("老人证丢了能不能补办", "P04001"),
    ("想找个离家近的临时工", "P04006"),
    ("独生子女父母有没有补贴政策", "P07001"),
    ("医院看病的钱能报多少", "P04004"),
    ("新来的租户，居住证在哪里办", "P04008"),
    ("邻居在公共走廊装了摄像头对着我家门", "P02001"),
    ("物业停了我家的水逼我交物业费", "P05008"),
    ("地下车库漏水，车位上都是水", "P05011"),
    ("小区业主群说要换物业，程序是什么", "P05010"),
    ("屋顶的太阳能板快被风刮下来了", "P03005"),
    ("马路牙子断了", "06050"),
    ("早上六点工地就打桩", "08001"),
    ("校门口流动摊贩卖辣条", "09001"),
    ("烟花爆竹店就开在居民楼下", "P03011"),
    ("外卖员电动车把门口堵得严严实实", "09010"),
    ("电杆上缠了一大团网线", "P01014"),
    ("看到有人往下水道倒油", "06030"),
    ("老婆婆晕倒在家没人管，子女都在外地", "P03018"),
    ("打12345几次了都没解决，互相推", "P07007"),
    ("高压线下面的树长得太高了", "04002"),
    ("下雨天小区门口变成河，车开不过去", "P08006"),
    ("the bus never comes on time", "P08001"),
    ("rubbish bins are full and smell", "06042"),
    ("smoke is coming out of the electric meter box", "P03010"),
    ("lights in the stairwell do not work", "P05003"),
    ("dog without leash scared my child", "P06004"),
    ("楼下有人打架，拿着刀", "P03019"),
];

/// A sentence may sit between two types; what must not be is that the right one is not offered at all.
///
/// The table keeps what was learned, so it flatters: asked for the first time, the second round had 73 % first and 77 % among three, the
/// third, harder one 60 % and 67 %. New sentences will fare like those; what they miss belongs into the table and the catalogue's words.
#[test]
fn what_people_say_is_found() {
    let (mut first, mut offered, mut misses) = (0, 0, Vec::new());
    for (words, expected) in SENTENCES {
        let found = SUGGESTER.suggest(words);
        let place = found.iter().position(|s| s.code == *expected);
        first += usize::from(place == Some(0));
        offered += usize::from(place.is_some_and(|p| p < 3));
        if place != Some(0) {
            let said: Vec<String> = found
                .iter()
                .take(4)
                .map(|s| format!("{}{} {:.2} {:?}", s.code, s.name.zh, s.score, s.because))
                .collect();
            misses.push(format!("{words} → {expected} is {place:?} of {said:#?}"));
        }
    }
    let total = SENTENCES.len();
    println!("first {first} of {total}, among three {offered} of {total}\n{}", misses.join("\n"));
    assert!(total >= 80);
    assert!(offered * 100 >= total * 90, "among three: {offered} of {total}");
    assert!(first * 100 >= total * 75, "first: {first} of {total}");
}

#[test]
fn it_shows_the_words_it_went_by() {
    let found = SUGGESTER.suggest("小区门口的水管又爆了");
    assert_eq!(found[0].code, "P01002");
    assert!(found[0].because.iter().any(|p| p == "水管"), "{:?}", found[0].because);
    assert!(
        found[0].sentence(Lang::Zh).starts_with("因为您写到了“水管”“爆”"),
        "{}",
        found[0].sentence(Lang::Zh)
    );
    let found = SUGGESTER.suggest("a Water Pipe is leaking");
    assert!(found[0].sentence(Lang::En).contains("water pipe"), "{}", found[0].sentence(Lang::En));
}

#[test]
fn full_width_and_case_do_not_matter() {
    assert_eq!(SUGGESTER.suggest("隔壁ＫＴＶ太吵"), SUGGESTER.suggest("隔壁ktv太吵"));
}

#[test]
fn words_that_say_nothing_suggest_nothing() {
    for words in ["", "   ", "你好", "。。。！！！", "12345", "hello"] {
        assert!(SUGGESTER.suggest(words).is_empty(), "{words}: {:?}", SUGGESTER.suggest(words));
    }
}

#[test]
fn a_petition_is_told_where_it_belongs_and_the_plain_matter_still_found() {
    let words = "水管漏水没人修，我要去信访";
    let notices = SUGGESTER.belongs_elsewhere(words);
    assert_eq!(notices.iter().map(|n| n.key.as_str()).collect::<Vec<_>>(), ["petition"]);
    assert_eq!(SUGGESTER.suggest(words)[0].code, "P01002");
    assert!(SUGGESTER.belongs_elsewhere("水管漏水").is_empty());
}

#[test]
fn parts_of_a_phrase_belong_to_one_sentence() {
    let far = "水管是新的。昨天有个气球爆了";
    let hit = SUGGESTER.suggest(far).into_iter().find(|s| s.code == "P01002");
    assert!(hit.is_none_or(|s| !s.because.iter().any(|p| p == "爆")));
}

/// 200,000 characters cost what the first [`SUGGEST_CHARS_MAX`] cost.
#[test]
fn a_very_long_text_is_cut() {
    let long: String = "水管爆了，电梯坏了，垃圾没人清，".chars().cycle().take(200_000).collect();
    let cut: String = long.chars().take(SUGGEST_CHARS_MAX).collect();
    assert_eq!(SUGGESTER.suggest(&long), SUGGESTER.suggest(&cut));
}

fn holds(words: &str) -> Result<(), TestCaseError> {
    let found = SUGGESTER.suggest(words);
    prop_assert!(found.len() <= SUGGESTIONS_MAX);
    prop_assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
    prop_assert!(found.iter().all(|s| s.score > 0.0 && s.score < 1.0 && !s.because.is_empty()));
    prop_assert_eq!(&found, &SUGGESTER.suggest(words));
    SUGGESTER.belongs_elsewhere(words);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_answered(words in ".{0,300}") {
        holds(&words)?;
    }

    #[test]
    fn any_mix_of_known_words_is_answered(
        pieces in proptest::collection::vec(proptest::sample::select(
            vec!["水管", "爆", "电梯", "，", "。", "路灯", "lift", " ", "leak", "𠮷", "👩‍👧", "\u{0}", "e\u{301}", "垃圾", "a", "-", "’"]
        ), 0..60)
    ) {
        holds(&pieces.concat())?;
    }
}
